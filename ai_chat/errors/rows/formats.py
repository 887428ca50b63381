"""Sentences on the formats of documents: what is damaged, locked, dangerous or read by OCR."""

from __future__ import annotations

from ai_chat.errors.rows import Sentence

ROWS: dict[str, Sentence] = {
    "file_damaged": Sentence(
        "'{name}' is damaged ({found}): {reason}",
        "'{name}' 파일이 손상되었습니다({found}): {reason}",
        "Open it in the program that made it, save it again, and ingest it again.",
        "만든 프로그램에서 열어 다시 저장한 뒤 다시 등록하세요.",
    ),
    "archive_bomb": Sentence(
        "'{name}' would unpack to far more than a document holds ({found}, the limit is {limit}), so it was not opened.",
        "'{name}' 파일은 문서라고 보기 어려울 만큼 크게 풀리므로({found}, 한도 {limit}) 열지 않았습니다.",
        "If it is a document of yours, save it again in its own program.",
        "직접 만든 문서라면 원래 프로그램에서 다시 저장하세요.",
    ),
    "image_too_large": Sentence(
        "The picture '{name}' has {megapixels} megapixels; the limit is {limit}.",
        "그림 '{name}'은(는) {megapixels}메가픽셀입니다. 한도는 {limit}메가픽셀입니다.",
        "Save it with a lower resolution: 300 dots an inch are enough for OCR.",
        "해상도를 낮춰 저장하세요. OCR에는 300dpi면 충분합니다.",
    ),
    "xml_forbidden": Sentence(
        "'{name}' declares XML entities, which no office program writes and which may read other files, so it was not opened.",
        "'{name}' 파일은 다른 파일을 읽을 수 있는 XML 엔티티를 선언하므로 열지 않았습니다. 사무용 프로그램은 이런 파일을 만들지 않습니다.",
        "If you trust where it comes from, save it again in its own program.",
        "출처를 믿을 수 있다면 원래 프로그램에서 다시 저장하세요.",
    ),
    "too_deep": Sentence(
        "'{name}' is nested more than {limit} levels deep.",
        "'{name}' 파일은 {limit}단계보다 깊게 중첩되어 있습니다.",
        "Unpack it and ingest what is inside.",
        "압축을 푼 뒤 안에 든 문서를 등록하세요.",
    ),
    "password_wrong": Sentence(
        "The password given does not open '{name}'.",
        "입력한 비밀번호로 '{name}' 파일을 열 수 없습니다.",
        "Try again: `ai-chat docs retry ID --password`.",
        "다시 시도하세요: `ai-chat docs retry ID --password`",
    ),
    "encryption_unknown": Sentence(
        "'{name}' is encrypted in a way that AI-CHAT cannot open ({found}).",
        "'{name}' 파일은 AI-CHAT이 열 수 없는 방식({found})으로 암호화되어 있습니다.",
        "Open it in its own program, save a copy without a password, and ingest that.",
        "원래 프로그램에서 열어 비밀번호 없이 사본을 저장한 뒤 그것을 등록하세요.",
    ),
    "format_old": Sentence(
        "'{name}' is in an old format ({found}) that is not read directly.",
        "'{name}' 파일은 바로 읽을 수 없는 예전 형식({found})입니다.",
        "Save it as {target} and ingest that, or install LibreOffice: then it is converted by itself.",
        "{target} 형식으로 저장해 등록하거나 LibreOffice를 설치하세요. 설치하면 자동으로 변환합니다.",
    ),
    "converted": Sentence(
        "'{name}' ({found}) was read through LibreOffice, so page numbers may differ.",
        "'{name}'({found})은(는) LibreOffice로 변환해 읽었으므로 쪽 번호가 다를 수 있습니다.",
    ),
    "convert_failed": Sentence(
        "LibreOffice could not convert '{name}' ({found}): {reason}",
        "LibreOffice가 '{name}'({found})을(를) 변환하지 못했습니다: {reason}",
        "Save it as {target} in its own program and ingest that.",
        "원래 프로그램에서 {target} 형식으로 저장해 등록하세요.",
    ),
    "ocr_missing": Sentence(
        "Scanned pages are not read, because tesseract is not installed.",
        "tesseract가 설치되어 있지 않아 스캔한 쪽을 읽지 못합니다.",
        "Type `{line}`; scanned pages are then read by themselves.",
        "`{line}`을(를) 실행하세요. 그러면 스캔한 쪽을 자동으로 읽습니다.",
    ),
    "pages_by_ocr": Sentence(
        "{count} of {total} pages of '{name}' were read by OCR ({pages}), with {confidence} % confidence.",
        "'{name}'의 {total}쪽 중 {count}쪽({pages})을 OCR로 읽었습니다(신뢰도 {confidence}%).",
        "Compare numbers and names with the original.",
        "숫자와 이름은 원본과 대조하세요.",
    ),
    "page_ocr_failed": Sentence(
        "Page {page} of '{name}' could not be read by OCR: {reason}",
        "'{name}'의 {page}쪽을 OCR로 읽지 못했습니다: {reason}",
        "Ingest it again, or scan the page again.",
        "다시 등록하거나 그 쪽을 다시 스캔하세요.",
    ),
    "attachment_skipped": Sentence(
        "'{attachment}' inside '{name}' was left out: {cause}",
        "'{name}' 안의 '{attachment}'을(를) 제외했습니다: {cause}",
    ),
    "attachments_too_many": Sentence(
        "'{name}' holds {count} files; only the first {limit} were read.",
        "'{name}' 안에 파일이 {count}개 있어 처음 {limit}개만 읽었습니다.",
        "Save the others in a folder and ingest that.",
        "나머지는 폴더에 저장해 등록하세요.",
    ),
}
