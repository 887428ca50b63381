"""Sentences on making and restoring backups."""

from __future__ import annotations

from ai_chat.errors.rows import Sentence

ROWS: dict[str, Sentence] = {
    "backup_nothing": Sentence(
        "There is nothing to back up in {home}: no library has been made there yet.",
        "{home}에 백업할 것이 없습니다. 아직 만들어진 라이브러리가 없습니다.",
        "Set AI_CHAT_HOME to the home that you mean; `ai-chat config` shows which one is used.",
        "AI_CHAT_HOME을 원하는 폴더로 지정하세요. `ai-chat config`로 지금 폴더를 볼 수 있습니다.",
    ),
    "backup_there": Sentence(
        "{path} is there already and is no backup, so it is not overwritten.",
        "{path}이(가) 이미 있고 백업 파일이 아니어서 덮어쓰지 않습니다.",
        "Give another name.",
        "다른 이름을 지정하세요.",
    ),
    "backup_running": Sentence(
        "Another backup is being written to {path}.",
        "다른 백업이 {path}에 쓰고 있습니다.",
        "Wait for it, or give another name.",
        "끝나기를 기다리거나 다른 이름을 지정하세요.",
    ),
    "backup_unwritable": Sentence(
        "The backup {path} cannot be written: {reason}",
        "백업 {path}을(를) 쓸 수 없습니다: {reason}",
        "Give a file in a folder that is there and that you may write to.",
        "쓸 수 있는 폴더 안의 파일을 지정하세요.",
    ),
    "backup_foreign": Sentence(
        "{path} is no backup of AI-CHAT.",
        "{path}은(는) AI-CHAT의 백업이 아닙니다.",
        "Give a file that `ai-chat backup FILE` has made.",
        "`ai-chat backup 파일`로 만든 파일을 지정하세요.",
    ),
    "backup_damaged": Sentence(
        "The backup {path} is damaged ({reason}); nothing was restored.",
        "백업 {path}이(가) 손상되어({reason}) 아무것도 복원하지 않았습니다.",
        "Fetch the file again from where it was kept, or use an older backup; `ai-chat restore FILE --check` tells whether one is whole.",
        "보관한 곳에서 다시 가져오거나 더 오래된 백업을 쓰세요. `ai-chat restore 파일 --check`로 온전한지 확인할 수 있습니다.",
    ),
    "backup_newer": Sentence(
        "The backup {path} was made by a newer AI-CHAT (format {found}, this one knows {known}).",
        "백업 {path}은(는) 더 새로운 AI-CHAT이 만든 것입니다(형식 {found}, 현재 {known}).",
        "Update AI-CHAT, then restore.",
        "AI-CHAT을 업데이트한 뒤 복원하세요.",
    ),
    "backup_unsafe": Sentence(
        "The backup {path} holds '{name}', which no backup holds; nothing was restored.",
        "백업 {path}에 있을 수 없는 '{name}'이(가) 들어 있어 아무것도 복원하지 않았습니다.",
        "Somebody has changed this file: use another one.",
        "누군가 바꾼 파일입니다. 다른 백업을 쓰세요.",
    ),
    "home_in_use": Sentence(
        "{home} is in use (process {pid}; 0: a command that reads), so nothing is put in its place.",
        "{home}을(를) 사용하는 중이어서(프로세스 {pid}, 0이면 읽는 명령) 바꾸지 않습니다.",
        "Stop that ai-chat and run the same command again.",
        "해당 ai-chat을 종료하고 같은 명령을 다시 실행하세요.",
    ),
    "restore_nothing": Sentence(
        "There is nothing in {home} from before a restore.",
        "{home}에 복원 이전의 것이 없습니다.",
    ),
    "restore_no_room": Sentence(
        "The disk of {home} has {free} MB of free space; the restore needs {needed} MB beside what is there.",
        "{home}이(가) 있는 디스크의 남은 공간이 {free}MB입니다. 지금 있는 것 외에 {needed}MB가 필요합니다.",
        "Free some space; `ai-chat restore --purge` deletes what an earlier restore has put aside.",
        "공간을 확보하세요. `ai-chat restore --purge`는 이전 복원이 따로 둔 것을 지웁니다.",
    ),
}
