"""Sentences on the library, on taking files in and on reading them."""

from __future__ import annotations

from ai_chat.errors.rows import Sentence

ROWS: dict[str, Sentence] = {
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
    "home_of_another": Sentence(
        "The folder {path} belongs to another user, and this one ({user}) may not use it.",
        "{path} 폴더는 다른 사용자의 것이어서 지금 사용자({user})는 쓸 수 없습니다.",
        "`sudo chown -R {user} {path}` hands it over (for a container: the folder mounted there); or set AI_CHAT_HOME to another folder.",
        "`sudo chown -R {user} {path}`로 소유자를 바꾸거나(컨테이너라면 그곳에 연결한 폴더), AI_CHAT_HOME을 다른 폴더로 지정하세요.",
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
    "conversation_unknown": Sentence(
        "There is no conversation '{id}'.",
        "'{id}' 대화가 없습니다.",
        "`ai-chat conversations list` shows them.",
        "`ai-chat conversations list`로 대화 목록을 볼 수 있습니다.",
    ),
    "title_empty": Sentence("A conversation needs a name.", "대화 이름을 입력하세요."),
    "turn_unknown": Sentence("There is no answer '{id}'.", "'{id}' 답변이 없습니다."),
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
    # watching folders
    "watch_started": Sentence(
        "Watching {paths}; new, changed, renamed and deleted files are followed.",
        "{paths} 폴더를 지켜봅니다. 새로 생기거나 바뀌거나 이름이 바뀌거나 지워진 파일을 반영합니다.",
        "Ctrl-C ends it.",
        "Ctrl-C를 누르면 끝납니다.",
    ),
    "watch_offline": Sentence(
        "{path} cannot be reached or is empty; its documents stay as they are.",
        "{path} 폴더에 접근할 수 없거나 비어 있습니다. 이미 등록한 문서는 그대로 둡니다.",
    ),
    "watch_online": Sentence("{path} is there again.", "{path} 폴더를 다시 볼 수 있습니다."),
    "watch_moved": Sentence("renamed {old} -> {new}", "이름 변경 {old} -> {new}"),
    "watch_gone": Sentence(
        "removed {path} (its file is gone; undo: ai-chat docs restore {id})",
        "제외 {path} (파일이 없어졌습니다. 되돌리기: ai-chat docs restore {id})",
    ),
    "watch_ended": Sentence(
        "No longer watching. What was read stays; start it again to go on.",
        "지켜보기를 끝냅니다. 읽은 문서는 그대로 있고, 다시 시작하면 이어서 합니다.",
    ),
    # loaders
    "file_empty": Sentence(
        "{name} is empty (0 bytes).",
        "{name} 파일이 비어 있습니다(0바이트).",
        "Check that the file was copied or downloaded completely.",
        "파일이 끝까지 복사되거나 내려받아졌는지 확인하세요.",
    ),
    "format_unknown": Sentence(
        "{name} is a {found} file of a kind that AI-CHAT does not read.",
        "{name}은(는) AI-CHAT이 읽지 못하는 종류의 {found} 파일입니다.",
        "Save it as PDF, HWPX, DOCX, XLSX, HTML or plain text and ingest that.",
        "PDF, HWPX, DOCX, XLSX, HTML, 텍스트로 저장해 다시 등록하세요.",
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
        "{name}은(는) 비밀번호로 보호되어 있습니다.",
        "Enter it on the page, or type `ai-chat docs retry {document_id} --password`; it is used for reading and never stored.",
        "페이지에서 비밀번호를 입력하거나 `ai-chat docs retry {document_id} --password`를 실행하세요. 읽을 때만 쓰고 저장하지 않습니다.",
    ),
    "needs_ocr": Sentence(
        "{name} has {pages} pages but no text layer: they are pictures of text.",
        "{name}은(는) {pages}쪽이지만 글자 정보가 없는 스캔(이미지) 문서입니다.",
        "Type `sudo apt install tesseract-ocr tesseract-ocr-kor`: it is then read by OCR by itself.",
        "`sudo apt install tesseract-ocr tesseract-ocr-kor`을(를) 실행하세요. 그러면 OCR로 자동으로 읽습니다.",
    ),
    "page_without_text": Sentence(
        "{name}: {count} of {total} pages have no text and cannot be searched: {pages}",
        "{name}: 전체 {total}쪽 중 {count}쪽은 글자 정보가 없어 검색되지 않습니다: {pages}",
        "These pages are probably scans: once tesseract is installed, they are read by themselves.",
        "스캔한 쪽으로 보입니다. tesseract를 설치하면 자동으로 읽습니다.",
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
}
