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
    "queued": ("Waiting for the model, {before} before this ...", "모델 차례를 기다리는 중, 앞에 {before}개 ..."),
    "thinking": ("The model is thinking ...", "모델이 생각하는 중 ..."),
    "restarted": (
        "The model stopped and was started again: disregard what it wrote so far, the answer begins anew.",
        "모델이 멈춰 다시 시작했습니다. 지금까지 쓴 내용은 무시하세요. 답변을 처음부터 다시 씁니다.",
    ),
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
    "models_head": (
        "Memory budget: {budget}. Columns: name, where, size, context in tokens, memory under the plan.",
        "메모리 한도 {budget}. 차례: 이름, 위치, 크기, 문맥(토큰), 계획대로 쓸 메모리",
    ),
    "models_dated": (
        "What is not here is told as of {date}; sizes are checked when it is fetched: ai-chat models pull NAME",
        "여기 없는 모델은 {date} 기준이며 크기는 받을 때 확인합니다: ai-chat models pull 이름",
    ),
    "model_fits": ("{ram}", "{ram}"),
    "model_fits_not": ("does not fit", "한도에 안 맞음"),
    "state_starter": ("starter", "기본"),
    "state_pulled": ("pulled", "받음"),
    "state_added": ("added", "추가함"),
    "state_file": ("file", "파일"),
    "state_catalogue": ("catalogue", "목록"),
    "state_removed": ("removed", "지움"),
    "licence_nc": ("{licence}: not for commercial use", "{licence}: 상업적 이용 불가"),
    "plan_file_backed": ("of the file, dropped when memory is short", "파일에서 읽으며 부족하면 비움"),
    "plan_sum": (
        "{ram} for the model and {others} for all else, of a budget of {budget}",
        "모델 {ram}, 나머지 {others}, 한도 {budget}",
    ),
    "plan_how": (
        "context {n_ctx} tokens x {slots}, batch {n_batch}, KV cache {kv}, threads {threads}",
        "문맥 {n_ctx}토큰 x {slots}, 배치 {n_batch}, KV 캐시 {kv}, 스레드 {threads}",
    ),
    "part_weights": ("weights", "가중치"),
    "part_kv_cache": ("KV cache", "KV 캐시"),
    "part_compute": ("compute buffers", "계산 버퍼"),
    "part_prompt_cache": ("prompt cache", "프롬프트 캐시"),
    "part_engine": ("engine", "엔진"),
    "model_fetching": ("Fetching {size} from {repository} ...", "{repository}에서 {size} 받는 중 ..."),
    "model_licence": ("Licence: {licence}", "라이선스: {licence}"),
    "model_licence_nc": (
        "Licence: {licence}: not for commercial use.",
        "라이선스: {licence}: 상업적으로 쓸 수 없습니다.",
    ),
    "model_licence_unknown": (
        "Its licence stands on the page of the repository.",
        "라이선스는 저장소 페이지에서 확인하세요.",
    ),
    "model_part_kept": (
        "Stopped. What has come is kept: pull again to go on.",
        "멈췄습니다. 받은 만큼 남아 있으니 다시 받으면 이어집니다.",
    ),
    "model_pulled": ("{name} is here: {path}", "{name}을(를) 받았습니다: {path}"),
    "model_added": ("{name} is known now: {path}", "{name}을(를) 추가했습니다: {path}"),
    "model_next": ("Next: ai-chat models use {name}", "다음: ai-chat models use {name}"),
    "model_pull_file": (
        "Next: ai-chat models pull {repository} FILE.gguf",
        "다음: ai-chat models pull {repository} 파일.gguf",
    ),
    "model_forgotten": (
        "{name} is forgotten; its file stays: {path}",
        "{name}을(를) 뺐습니다. 파일은 그대로 있습니다: {path}",
    ),
    "model_purged": ("{name} is deleted.", "{name}을(를) 완전히 삭제했습니다."),
    "model_removed": (
        "Removed {name}; its file is put aside.",
        "{name}을(를) 지웠습니다. 파일은 따로 옮겨 두었습니다.",
    ),
    "model_undo": (
        "Undo: ai-chat models restore {name}; free the disk: ai-chat models remove {name} --purge",
        "되돌리기: ai-chat models restore {name}, 디스크 비우기: ai-chat models remove {name} --purge",
    ),
    "model_restored": ("{name} is back.", "{name}을(를) 되돌렸습니다."),
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
