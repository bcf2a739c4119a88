"""The error tree: every class is documented, drawn at the top of the file, and has its exit code."""

import inspect
import re

import pytest

from pipeline import errors


def tree(root: type[errors.PipelineError]) -> list[type[errors.PipelineError]]:
    """Return *root* and every class below it."""
    return [root, *(below for child in root.__subclasses__() for below in tree(child))]


CLASSES = tree(errors.PipelineError)[1:]


@pytest.mark.parametrize("error", CLASSES, ids=lambda error: error.__name__)
def test_every_error_is_documented_and_drawn(error: type[errors.PipelineError]) -> None:
    """The picture in the module's docstring names each class with the code it ends in."""
    assert inspect.getdoc(error)
    drawn = re.search(rf"(?m)^ +{error.__name__} +(\d)", errors.__doc__ or "")
    assert drawn, f"{error.__name__} is missing in the picture"
    assert int(drawn[1]) == error.exit_code


def test_nothing_else_is_drawn() -> None:
    """A class that is gone leaves the picture too."""
    names = re.findall(r"(?m)^ +([A-Z]\w+) +\d", errors.__doc__ or "")
    assert sorted(names) == sorted(["PipelineError", *(error.__name__ for error in CLASSES)])
