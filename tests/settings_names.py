"""The environment variables behind the settings."""

from pydantic import AliasChoices

from tgforward.settings import Settings


def variables_by_field() -> dict[str, list[str]]:
    """For each field the variables that set it, the preferred one first."""
    return {name: _variables(name) for name in Settings.model_fields}


def variable_names() -> set[str]:
    """All of them."""
    return {variable for variables in variables_by_field().values() for variable in variables}


def _variables(field: str) -> list[str]:
    alias = Settings.model_fields[field].validation_alias
    if alias is None:
        return [f"TGFORWARD_{field.upper()}"]
    assert isinstance(alias, AliasChoices), "the only kind that the settings use"
    return [str(choice) for choice in alias.choices]
