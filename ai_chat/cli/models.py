"""`ai-chat models list|show|plan|use`: which models there are, what each would take of the memory, and which one answers.

Takes names or files. Nothing is loaded: a header is read at most, and of a model that is not here the catalogue tells.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated

import typer

from ai_chat.cli.plans import plan_json, planner_here, print_plan
from ai_chat.cli.session import Session, open_session
from ai_chat.cli.terminal import fit_start, one_line, padded
from ai_chat.config import write_option
from ai_chat.errors import InputError
from ai_chat.llm import catalogue
from ai_chat.llm.adapter import FORM, Adapter
from ai_chat.llm.catalogue import CatalogueModel
from ai_chat.llm.models import choose_model, is_trusted, starter_model
from ai_chat.llm.offers import Offer, current, find_offer, offers
from ai_chat.memory.plan import Plan
from ai_chat.shapes import Json, problem_json
from ai_chat.sizes import show_size
from ai_chat.types import Problem

_AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON document. JSON으로 출력")]
_WORD = "As `models list` shows it, or a GGUF file. 이름 또는 GGUF 파일"
_NAME_COLUMNS = 24


def list_models(as_json: _AsJson = False) -> int:
    session = open_session(as_json)
    planner = planner_here(session.settings)
    rows = [(offer, planner.plan(offer)) for offer in offers(session.settings)]
    if as_json:
        listed = [_offer_json(session, offer, plan) for offer, plan in rows]
        session.print_json({"catalogue": catalogue.VERIFIED, "budget": planner.budget, "models": listed})
        return 0
    print(session.word("models_head", budget=show_size(planner.budget)))
    for offer, plan in rows:
        _print_row(session, offer, plan)
    session.say("models_dated", date=catalogue.VERIFIED)
    if session.settings.llm_endpoint:
        session.say("model_endpoint_wins")
    return 0


def show_model(
    word: Annotated[str | None, typer.Argument(metavar="NAME|FILE", help=_WORD)] = None, as_json: _AsJson = False
) -> int:
    session = open_session(as_json)
    if word is None and session.settings.llm_endpoint:
        return _show_endpoint(session)
    offer = find_offer(session.settings, word) if word else current(session.settings)
    plan = planner_here(session.settings).plan(offer)
    if as_json:
        session.print_json({"model": _offer_json(session, offer, plan)})
    elif offer.problem:
        session.say("model_none")
        session.tell(offer.problem)
    else:
        _print_model(session, offer, plan)
    return 0


def plan_model(
    word: Annotated[str | None, typer.Argument(metavar="NAME|FILE", help=_WORD)] = None,
    budget: Annotated[
        str | None, typer.Option(metavar="SIZE", help="Such as 8GB or 6GiB, for the whole program. 메모리 한도")
    ] = None,
    context: Annotated[int | None, typer.Option(metavar="TOKENS", help="Of one conversation. 문맥 길이")] = None,
    as_json: _AsJson = False,
) -> int:
    session = open_session(as_json, {"memory_budget": budget, "n_ctx": context})
    offer = find_offer(session.settings, word) if word else current(session.settings)
    plan = planner_here(session.settings).plan(offer)
    if isinstance(plan, Problem):
        raise InputError(plan.code, **plan.values)
    if as_json:
        session.print_json({"plan": plan_json(session, plan)})
    else:
        print_plan(session, plan)
    return 0


def use_model(
    word: Annotated[str, typer.Argument(metavar="NAME|FILE", help=f"{_WORD}; 'starter'")],
    force: Annotated[
        bool, typer.Option("--force", help="Also what does not fit the memory now. 메모리에 안 맞아도 선택")
    ] = False,
    as_json: _AsJson = False,
) -> int:
    from ai_chat.app import prepare_home

    session = open_session(as_json)
    offer = find_offer(session.settings, word)
    if offer.state == "catalogue" and offer.row:
        raise InputError("model_not_here", name=offer.name, size=show_size(offer.row.bytes))
    plan = planner_here(session.settings).plan(offer)
    if isinstance(plan, Problem) and not (force and offer.spec) and offer.state != "starter":
        raise InputError(plan.code, **plan.values)
    path = None if offer.state == "starter" else str(offer.path)
    prepare_home(session.settings)
    write_option(session.settings.config_file, "model", path)
    return _tell_chosen(session, replace(offer, in_use=True), plan)


def _tell_chosen(session: Session, offer: Offer, plan: Plan | Problem) -> int:
    if session.as_json:
        session.print_json({"model": _offer_json(session, offer, plan)})
        return 0
    if isinstance(plan, Plan):
        print_plan(session, plan)
    else:
        session.tell(plan)
    print(session.word("model_starter") if offer.state == "starter" else session.word("model_set", name=offer.name))
    if session.settings.llm_endpoint:
        session.say("model_endpoint_wins")
    elif session.settings.sources.get("model") == "environment":
        session.say("model_environment_wins")
    session.say("model_restart")
    return 0


def _show_endpoint(session: Session) -> int:
    """A server answers: what is set, without asking it."""
    chosen = choose_model(session.settings)
    if isinstance(chosen, Problem):
        document: Json = {"endpoint": None, "error": problem_json(chosen, session.language)}
    else:
        document = {"name": chosen.name, "endpoint": chosen.endpoint}
    if session.as_json:
        session.print_json({"model": document})
    elif isinstance(chosen, Problem):
        session.tell(chosen)
    else:
        print(f"{one_line(chosen.name)}  {one_line(chosen.endpoint)}")
    return 0


def _offer_json(session: Session, offer: Offer, plan: Plan | Problem) -> Json:
    spec, row = offer.spec, offer.row
    return {
        "name": offer.name,
        "state": offer.state,
        "in_use": offer.in_use,
        "path": str(offer.path) if offer.path else None,
        "starter": offer.state == "starter",
        "bytes": spec.file_bytes if spec else None,
        "context_length": spec.context_length if spec else None,
        "chat_template": spec.chat_template if spec else None,
        "trusted": is_trusted(spec) if spec else None,
        "licence": row.licence if row else None,
        "commercial": row.commercial if row else None,
        "repository": row.repository or None if row else None,
        "file": row.file if row else None,
        "about": _about(session, row) if row else None,
        "unverified": list(row.unverified) if row else [],
        "base": row.file if row and offer.state == "starter" else None,
        "adapter": _adapter_json(session, offer.adapter),
        "template": None if not spec else "chat" if spec.chat_template else FORM,
        "terms": session.sentence(Problem("gemma_terms")) if offer.state == "starter" else None,
        "terms_file": _terms_file(session, offer),
        "fits": isinstance(plan, Plan),
        "memory": plan_json(session, plan) if isinstance(plan, Plan) else None,
        "error": problem_json(plan, session.language) if isinstance(plan, Problem) else None,
    }


def _terms_file(session: Session, offer: Offer) -> str | None:
    info = starter_model(session.settings.models_dir) if offer.state == "starter" else None
    return str(info.terms_file) if info else None


def _adapter_json(session: Session, adapter: Adapter | Problem | None) -> Json | None:
    """Of the starter; null for every other model."""
    if isinstance(adapter, Problem):
        return {"in_use": False, "error": problem_json(adapter, session.language)}
    if adapter is None:
        return None
    return {
        "in_use": True,
        "name": adapter.name,
        "path": str(adapter.path),
        "bytes": adapter.bytes,
        "rank": adapter.rank,
        "licence": adapter.licence,
        "base_sha256": adapter.base_sha256,
        "fingerprint": adapter.fingerprint,
        "error": None,
    }


def _about(session: Session, row: CatalogueModel) -> str:
    return row.about_ko if session.language == "ko" else row.about_en


def _print_row(session: Session, offer: Offer, plan: Plan | Problem) -> None:
    """Two lines: figures, then what it is good for and what its licence allows, or what is wrong with it."""
    name = padded(fit_start(one_line(offer.name), _NAME_COLUMNS), _NAME_COLUMNS)
    mark = "*" if offer.in_use else " "
    file_size, context = (show_size(offer.spec.file_bytes), offer.spec.context_length) if offer.spec else ("-", "-")
    needs = show_size(plan.ram) if isinstance(plan, Plan) else session.word("model_fits_not")
    state = session.word(f"state_{offer.state}")
    print(f"{mark} {name}  {padded(state, 10)} {file_size:>9} {context:>7}  {needs if offer.spec else ''}".rstrip())
    if offer.problem:
        print(f"    {one_line(session.sentence(offer.problem))}")
    elif offer.row:
        print(f"    {_about(session, offer.row)} ({_licence(session, offer.row)})")


def _print_starter(session: Session, row: CatalogueModel | None, adapter: Adapter | Problem | None) -> None:
    """What it is made of."""
    print(f"    {session.sentence(Problem('gemma_terms'))}")
    print(f"    {session.word('model_base', file=row.file if row else '-')}")
    if isinstance(adapter, Adapter):
        told = {"name": adapter.name, "size": show_size(adapter.bytes), "licence": adapter.licence}
        print(f"    {one_line(session.word('model_adapter', **told, fingerprint=adapter.fingerprint))}")
    else:
        print(f"    {session.word('model_bare')}")
    print(f"    {session.word('model_form', form=FORM)}")
    if isinstance(adapter, Problem):
        session.tell(adapter)


def _licence(session: Session, row: CatalogueModel) -> str:
    return row.licence if row.commercial else session.word("licence_nc", licence=row.licence)


def _print_model(session: Session, offer: Offer, plan: Plan | Problem) -> None:
    _print_row(session, offer, plan)
    if offer.path:
        print(f"    {one_line(str(offer.path))}")
    if offer.row and offer.row.repository:
        print(f"    {offer.row.repository} {offer.row.file}")
    if offer.state == "starter":
        _print_starter(session, offer.row, offer.adapter)
    if isinstance(plan, Plan):
        print_plan(session, plan)
    elif plan != offer.problem:
        session.tell(plan)
