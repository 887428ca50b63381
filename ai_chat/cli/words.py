"""The few words the command line says itself, in English and Korean. Errors and notices have errors/sentences.py."""

from __future__ import annotations

from typing import Literal

Language = Literal["ko", "en"]

_WORDS: dict[str, tuple[str, str]] = {
    "added": ("added", "추가"),
    "unchanged": ("unchanged", "변경 없음"),
    "updated": ("updated", "갱신"),
    "failed": ("failed", "실패"),
    "evidence": ("Evidence", "근거"),
    "answer": ("Answer", "답변"),
    "sources": ("Sources", "출처"),
    "reading_stdin": ("Reading the question from stdin ...", "표준 입력에서 질문을 읽는 중 ..."),
    "nothing_found": ("Nothing found.", "찾은 내용이 없습니다."),
    "also": ("The same: {places}", "같은 내용: {places}"),
    "and_more": ("and {count} more", "외 {count}곳"),
    "no_documents": (
        "There are no documents yet. Next: ai-chat ingest PATH",
        "아직 문서가 없습니다. 다음: ai-chat ingest 경로",
    ),
    "removed": ("Removed {name}.", "{name} 문서를 지웠습니다."),
    "undo": ("Undo with: ai-chat docs restore {ids}", "되돌리려면: ai-chat docs restore {ids}"),
    "restored": ("Restored {name}.", "{name} 문서를 되살렸습니다."),
    "warning": ("warning", "주의"),
    "hint": ("hint", "도움말"),
    "loading": ("Loading the language model ...", "언어 모델을 불러오는 중 ..."),
    "queued": ("Waiting for the answer before this one ...", "앞의 답변을 기다리는 중 ..."),
    "unsupported": (
        "A sentence of this answer is not borne out by the evidence.",
        "이 답변에는 근거에서 확인되지 않는 문장이 있습니다.",
    ),
    "eval_index": ("indexing", "색인 만드는 중"),
    "eval_embed": ("making vectors", "벡터 만드는 중"),
    "eval_ask": ("asking", "질문하는 중"),
    "vectors": ("making vectors", "의미 벡터 만드는 중"),
    "vectors_pending": (
        "Found by its words from now on. {left} passages get their vectors while the page runs, or with --wait.",
        "이제 단어로 찾을 수 있습니다. 의미 벡터 {left}개는 페이지가 실행되는 동안, 또는 --wait으로 만들어집니다.",
    ),
    "model_set": ("Answers will be written by {name}.", "이제 {name} 모델이 답변을 씁니다."),
    "model_starter": ("Answers will be written by the starter model.", "이제 기본 모델이 답변을 씁니다."),
    "model_restart": (
        "An ai-chat that is running keeps its model until it is started again.",
        "실행 중인 ai-chat은 다시 시작할 때까지 지금 모델을 씁니다.",
    ),
    "model_none": ("There is no language model: evidence only.", "언어 모델이 없어 근거만 보여 줍니다."),
    "usable": ("AI-CHAT can be used.", "AI-CHAT을 사용할 수 있습니다."),
    "unusable": ("AI-CHAT cannot be used until this is put right.", "위의 문제를 해결해야 AI-CHAT을 쓸 수 있습니다."),
    "ok": ("ok", "정상"),
    "missing": ("missing", "없음"),
    "broken": ("broken", "문제"),
    "loaded": ("Loaded", "실행 중"),
    "memory": ("Memory", "메모리"),
    "nothing_loaded": ("nothing", "없음"),
    "line": ("type: {line}", "입력: {line}"),
    "available": ("{free} free", "여유 {free}"),
    "check_library": ("checking the library", "라이브러리 검사 중"),
    "check_chunks": ("checking passages", "문단 검사 중"),
    "check_search": ("trying searches", "검색해 보는 중"),
    "fill_lexical": ("filling the keyword index", "키워드 색인 만드는 중"),
    "fill_dense": ("filling the vector index", "의미 벡터 색인 만드는 중"),
    "drop_vectors": ("dropping vectors", "벡터 지우는 중"),
    "index_lexical": ("Keyword index", "키워드 색인"),
    "index_dense": ("Vector index", "의미 벡터 색인"),
    "index_kept": (
        "Vectors kept: {present} texts have one, {missing} do not yet ({embedder}).",
        "보관된 벡터: 있음 {present}, 아직 없음 {missing} ({embedder})",
    ),
    "index_vectors": ("Vectors no longer used", "쓰지 않는 벡터"),
    "index_others": (
        "Also {count} vectors of {embedder}, no longer used ({size}): ai-chat index compact --drop-vectors",
        "쓰지 않는 {embedder} 벡터 {count}개({size}): ai-chat index compact --drop-vectors",
    ),
    "index_counts": (
        "{chunks} of {expected} passages, {dead} dead, {size}; change {sequence} of {library}",
        "문단 {expected}개 중 {chunks}개, 지워진 것 {dead}개, {size}; 변경 {library}건 중 {sequence}건 반영",
    ),
    "index_level": ("level with the library", "라이브러리와 일치"),
    "index_behind": ("behind the library", "라이브러리보다 뒤처짐"),
    "index_ahead": ("ahead of the library", "라이브러리보다 앞섬"),
    "index_missing": ("missing", "없음"),
    "index_damaged": ("damaged", "손상됨"),
    "index_off": ("off", "꺼짐"),
    "index_right": ("The indexes and the library agree.", "색인과 라이브러리가 일치합니다."),
    "index_saved": ("{part}: {saved} saved", "{part}: {saved} 줄임"),
    "waiting": ("waiting; being read: {path}", "대기 중, 읽고 있는 파일: {path}"),
}


def word(name: str, language: Language, /, **values: object) -> str:
    """The word `name` in the given language, its blanks filled."""
    english, korean = _WORDS[name]
    return (korean if language == "ko" else english).format(**values)
