"""Sentences on the page and its server."""

from __future__ import annotations

from ai_chat.errors.rows import Sentence

ROWS: dict[str, Sentence] = {
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
        "Set AI_CHAT_PASSWORD or add a user (`ai-chat users add NAME`), or leave --host away to open it on this machine alone.",
        "AI_CHAT_PASSWORD를 정하거나 사용자를 추가하거나(`ai-chat users add 이름`), --host를 빼고 이 컴퓨터에서만 여세요.",
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
