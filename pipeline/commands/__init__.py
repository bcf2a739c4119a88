"""One file per verb: functions with plain arguments that return a `Result`. They print nothing."""
