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
        "Mind capitals and the Korean keyboard, and try again: `ai-chat docs retry {document_id} --password`.",
        "대문자와 한/영 상태를 확인하고 다시 시도하세요: `ai-chat docs retry {document_id} --password`",
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
        "Scanned pages are not read, because tesseract is not installed, or not with Korean.",
        "tesseract 또는 그 한국어 데이터가 설치되어 있지 않아 스캔한 쪽을 읽지 못합니다.",
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
    "pages_repeated": Sentence(
        "{count} pages of '{name}' in a row are the same, so the rest of its {total} pages was left out.",
        "'{name}'에서 같은 내용이 {count}쪽 이어져 전체 {total}쪽 중 나머지는 읽지 않았습니다.",
        "The file may be damaged; open it in a PDF viewer and save it anew.",
        "파일이 손상되었을 수 있습니다. PDF 뷰어에서 열어 새로 저장하세요.",
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
    "picture_failed": Sentence(
        "Page {number} of '{name}' could not be drawn: {reason}",
        "'{name}'의 {number}쪽을 그리지 못했습니다: {reason}",
        "Its text is shown instead: `ai-chat docs open ID` opens the file itself.",
        "대신 본문을 보여 줍니다. 파일 자체는 `ai-chat docs open ID`로 엽니다.",
    ),
    "picture_locked": Sentence(
        "The pages of '{name}' can only be drawn with its password, so the text that was read is shown instead.",
        "'{name}'의 쪽을 그리려면 비밀번호가 필요해, 대신 등록할 때 읽은 본문을 보여 줍니다.",
        "Add --password at the end of the line.",
        "명령 끝에 --password를 붙이세요.",
    ),
    "original_changed": Sentence(
        "'{name}' has changed since it was read, so the text that was read is shown instead of the page.",
        "'{name}' 파일이 등록 뒤에 바뀌어, 쪽 그림 대신 등록할 때 읽은 본문을 보여 줍니다.",
        "Ingest it again: `ai-chat docs retry {document_id}`.",
        "다시 등록하세요: `ai-chat docs retry {document_id}`",
    ),
    "sentence_unplaced": Sentence(
        "The place to mark was not found there in '{name}', so it is not marked.",
        "'{name}'의 이 부분에서 표시할 문장을 찾지 못해 표시하지 않았습니다.",
    ),
    "unit_unknown": Sentence(
        "'{name}' has no part with the number {number}.",
        "'{name}'에 {number}번 부분이 없습니다.",
        "`ai-chat docs show ID` lists its pages, slides, sheets or sections.",
        "`ai-chat docs show ID`로 쪽, 슬라이드, 시트, 절을 확인하세요.",
    ),
    "rendered_otherwise": Sentence(
        "Part {number} of '{name}' is shown as {found}, which '{path}' does not end in.",
        "'{name}'의 {number}번 부분은 {found} 형식으로 보여 주는데 '{path}'의 끝이 다릅니다.",
        "Give --out a name that ends in {found}.",
        "--out에 {found}(으)로 끝나는 이름을 쓰세요.",
    ),
    "out_unknown": Sentence(
        "'{path}' is neither - nor a name that ends in {known}.",
        "'{path}'에는 저장할 수 없습니다. 이름이 {known} 가운데 하나로 끝나야 합니다.",
        "Give --out such a name; - prints to standard output.",
        "--out에 그런 이름을 쓰거나, 화면에 출력하려면 -를 쓰세요.",
    ),
    "out_unwritable": Sentence(
        "'{path}' cannot be written: {reason}",
        "'{path}'에 쓸 수 없습니다: {reason}",
        "Choose another place.",
        "다른 위치를 지정하세요.",
    ),
    "opener_missing": Sentence(
        "No program was found that opens '{path}'.",
        "'{path}' 파일을 열 프로그램을 찾지 못했습니다.",
        "Open it by hand; the path is printed above.",
        "위에 나온 경로의 파일을 직접 여세요.",
    ),
    "password_is_path": Sentence(
        "After --password stands '{path}', which is a file.",
        "--password 뒤에 온 '{path}'은(는) 파일입니다.",
        "Put --password at the end of the line, and you are asked for it.",
        "--password를 명령 끝에 쓰면 비밀번호를 물어봅니다.",
    ),
    "password_empty": Sentence(
        "No password was given.",
        "비밀번호가 입력되지 않았습니다.",
        "Type it when asked, or pass it on standard input.",
        "물어볼 때 입력하거나 표준 입력으로 넘기세요.",
    ),
    "sheets_hidden": Sentence(
        "'{name}' has hidden sheets, which were read too: {sheets}",
        "'{name}'의 숨긴 시트도 읽었습니다: {sheets}",
    ),
    "formulas_without_results": Sentence(
        "'{name}' holds {count} formulas without a saved result; those cells are empty here.",
        "'{name}'에 계산 결과가 저장되지 않은 수식이 {count}개 있어 그 칸은 비어 있습니다.",
        "Open it in a spreadsheet program, save it, and ingest it again.",
        "스프레드시트 프로그램에서 열어 저장한 뒤 다시 등록하세요.",
    ),
    "document_there": Sentence(
        "{path} is a document of its own ({id}).",
        "{path}은(는) 이미 다른 문서({id})로 등록되어 있습니다.",
        "Remove that one first, or keep both.",
        "그 문서를 먼저 지우거나 둘 다 그대로 두세요.",
    ),
    "parsers_closed": Sentence(
        "Nothing is read any more: the program is closing.", "프로그램을 닫는 중이라 더는 읽지 않습니다."
    ),
}
