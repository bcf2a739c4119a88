"""
The approved wordings, and which of them an issue needs.

- registry  reads templates/disclaimers/ and proves it sound (REG)
- entry     one file of it
- markup    its small markup
- mandated  wordings that a law prescribes, and what house wordings must say
- matrix    topics x markets -> wordings, as data
- select    an issue's selection (TOP)
"""
