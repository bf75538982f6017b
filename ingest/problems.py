"""The one table of everything that reading may have to tell: code → sentence in Chinese and in English.

A sentence says what happened and then what to do. Placeholders in braces are the problem's `details`; codes
are stable (screens, scripts and tests lean on them), sentences may be improved.
"""

from __future__ import annotations

from ingest.facts import FileState, Problem

TEMPLATES: dict[str, tuple[str, str]] = {
    # the file as a whole
    "empty_file": (
        "文件是空的（0 字节），没有可归档的内容；请重新导出或重新扫描后再上传。",
        "The file is empty (0 bytes); export or scan it again, then upload it.",
    ),
    "file_too_large": (
        "文件有 {bytes} 字节，超过上限 {limit} 字节；请拆分后再上传。",
        "The file has {bytes} bytes, the limit is {limit}; split it, then upload it.",
    ),
    "file_missing": (
        "读取时找不到这个文件或无权打开；请重新上传。",
        "The file was gone or could not be opened; upload it again.",
    ),
    "wrong_extension": (
        "扩展名 {extension} 与内容不符：内容是{actual}，已按内容处理；请核对来源并改正文件名。",
        "The extension {extension} does not fit the content, which is {actual}; it was read as what "
        "it is. Check where it came from and correct its name.",
    ),
    "kept_unreadable": (
        "暂不能读取{actual}的内容，原件已原样保存；请另存为 DOCX、PDF 或图片后再上传一份。",
        "The content of {actual} cannot be read yet; the original is kept as it is. Save it as DOCX, "
        "PDF or an image and upload that too.",
    ),
    "kept_with_text": (
        "{actual}的文字已可检索，原件已原样保存，但没有按表单识别；要归为某种表单时，请另存为 DOCX 或 PDF 再上传。",
        "The text of {actual} can be searched and the original is kept as it is, but it was not read as a form; "
        "to file it as one, save it as DOCX or PDF and upload that too.",
    ),
    "unknown_format": (
        "认不出这个文件的格式，原件已原样保存；请确认来源，另存为 DOCX、PDF 或图片后再上传一份。",
        "The format is not known; the original is kept as it is. Check where it came from, save it "
        "as DOCX, PDF or an image and upload that too.",
    ),
    "executable": (
        "这是可执行程序（{actual}），不能归档；请删除它并检查来源。",
        "This is a program ({actual}) and cannot be archived; delete it and check where it came from.",
    ),
    "archive_container": (
        "这是压缩包（{actual}），不能作为一件归档；请解压后上传里面的文件。",
        "This is an archive ({actual}) and cannot be one record; unpack it and upload the files inside.",
    ),
    # hostile content
    "macro": (
        "文件带有宏（{parts}），不予归档；请在 Word 中另存为不带宏的 .docx 后再上传。",
        "The file carries macros ({parts}) and is refused; save it as a .docx without macros, then "
        "upload it.",
    ),
    "active_content": (
        "文件带有会自动执行的动作（{actions}），未予执行也未归档；请打印为不带脚本的 PDF 后再上传。",
        "The file carries actions that run by themselves ({actions}); nothing was run and nothing "
        "archived. Print it to a PDF without scripts, then upload that.",
    ),
    "zip_bomb": (
        "文件解压后约 {unpacked} 字节（压缩比 {ratio}），超过上限，已在解压前停止；请核对来源，重新导"
        "出后再上传。",
        "The file would unpack to about {unpacked} bytes (ratio {ratio}), over the limit; it was "
        "stopped before unpacking. Check where it came from, export it again, then upload it.",
    ),
    "too_many_entries": (
        "文件内部有 {entries} 个部件，超过上限 {limit}；请核对来源，重新导出后再上传。",
        "The file holds {entries} parts, the limit is {limit}; check where it came from and export it again.",
    ),
    "unsafe_parts": (
        "文件内部有指向外面的路径（{parts}），不予归档；请核对来源，重新导出后再上传。",
        "The file holds parts with paths that lead outside ({parts}) and is refused; check where it "
        "came from and export it again.",
    ),
    "too_many_pixels": (
        "图像尺寸为 {width}×{height} 像素，超过上限 {limit} 像素，未解码；请以 200–300 dpi 重新扫描"
        "后再上传。",
        "The image has {width}×{height} pixels, the limit is {limit}; it was not decoded. Scan it "
        "again at 200–300 dpi, then upload it.",
    ),
    "too_many_pages": (
        "文件有 {pages} 页，超过上限 {limit} 页；请拆分后再上传。",
        "The file has {pages} pages, the limit is {limit}; split it, then upload it.",
    ),
    # damage and locks
    "damaged": (
        "文件已损坏，读不出内容（{reason}）；请重新导出或重新扫描后再上传。",
        "The file is damaged and cannot be read ({reason}); export or scan it again, then upload it.",
    ),
    "damaged_partly": (
        "文件不完整（{reason}），只救回 {saved} 页，不能当作完整件归档；请重新扫描或重新传输后再上传。",
        "The file is not whole ({reason}); {saved} pages were saved, so it is not archived as "
        "complete. Scan or send it again, then upload it.",
    ),
    "repaired": (
        "文件结构有错（{reason}），修复后读出 {saved} 页；请核对页数与内容是否齐全。",
        "The file's structure is faulty ({reason}); after repair {saved} pages were read. Check that "
        "nothing is missing.",
    ),
    "password_needed": (
        "文件设有打开密码，读不出内容；请取得密码，去除密码后再上传。",
        "The file needs a password to open; get the password, remove it from the file, then upload it.",
    ),
    "font_missing": (
        "没有找到中文字体，无法生成页面图像；请管理员重新运行安装（make setup）。",
        "No Chinese font was found, so page images cannot be made; the administrator should run the set-up again "
        "(make setup).",
    ),
    "no_text": (
        "文件里没有文字；请核对是否传错了文件。",
        "The file holds no text; check that it is the right file.",
    ),
    "page_unreadable": (
        "第 {pages} 页读不出来；请对照原件核对，必要时重新扫描这一页。",
        "Page {pages} could not be read; compare it with the original and scan it again where needed.",
    ),
    "broken_text_layer": (
        "第 {pages} 页的文字层是乱码，已改用文字识别；请核对识别结果。",
        "The text layer of page {pages} is garbled; the page was read by recognition instead. Check "
        "the result.",
    ),
    "ocr_unavailable": (
        "文字识别没有运行（{reason}），第 {pages} 页没有文字；请稍后重新读取。",
        "Recognition did not run ({reason}); page {pages} has no text. Read the file again later.",
    ),
    "attachments": (
        "文件里夹带附件（{names}），附件没有归档；需要归档时请单独上传。",
        "The file carries attachments ({names}), which were not archived; upload them on their own "
        "if needed.",
    ),
    "comments": (
        "文件里有 {count} 条批注；正式归档前请确认是否保留。",
        "The file carries {count} comments; decide whether they stay before it is final.",
    ),
    "tracked_changes": (
        "文件里有 {count} 处未处理的修订（{examples}）；请接受或拒绝全部修订后再发布。",
        "The file has {count} unresolved tracked changes ({examples}); accept or reject all of them "
        "before issue.",
    ),
    "external_parts": (
        "文件引用了外部内容（{targets}），没有去取；请确认后改为嵌入。",
        "The file refers to outside content ({targets}), which was not fetched; embed it after checking.",
    ),
    "guessed_encoding": (
        "文本编码不能确定，按 {encoding} 读取，有 {bad} 处读不出；请核对文字，或另存为 UTF-8 后再上传。",
        "The text's encoding is not certain; it was read as {encoding} with {bad} unreadable places. "
        "Check the text or save it as UTF-8 and upload it again.",
    ),
    # the child process
    "time_limit": (
        "读取超过 {seconds} 秒被中止，原件已原样保存；请拆分文件或重新扫描后再上传。",
        "Reading took more than {seconds} seconds and was stopped; the original is kept. Split the "
        "file or scan it again, then upload it.",
    ),
    "memory_limit": (
        "读取所需内存超过上限 {bytes} 字节被中止，原件已原样保存；请拆分文件或降低分辨率后再上传。",
        "Reading needed more memory than the limit of {bytes} bytes and was stopped; the original is "
        "kept. Split the file or lower its resolution, then upload it.",
    ),
    "reader_crashed": (
        "读取程序在这个文件上异常退出（{reason}），原件已原样保存；请另存或重新扫描后再上传。",
        "The reader stopped abnormally on this file ({reason}); the original is kept. Save or scan "
        "it again, then upload it.",
    ),
    "reader_failed": (
        "读取时出错（{reason}），原件已原样保存；请另存或重新扫描后再上传，并把此情况告诉管理员。",
        "Reading failed ({reason}); the original is kept. Save or scan it again, then upload it, and "
        "tell the administrator.",
    ),
    "reader_garbled": (
        "读取程序给出的结果不合规（{reason}），已丢弃，原件已原样保存；请核对文件来源。",
        "The reader's answer was not valid ({reason}) and was dropped; the original is kept. Check "
        "where the file came from.",
    ),
    # one record: its form, its places, its pages
    "type_unsure": (
        "不能确定这是哪一种表单（页面标题：{title}），没有归档；请在核对时选定档案类型。",
        "The kind of form is not certain (headline: {title}), so it was not filed; choose the record type.",
    ),
    "code_contradicts": (
        "二维码写的是“{slip}”，页面上写的是“{page}”，两者不符；请对照原件确定归属。",
        "The code says “{slip}”, the page says “{page}”; decide from the original where it belongs.",
    ),
    "field_missing": (
        "没有读到“{label}”；请对照原件补填。",
        "“{label}” was not found; fill it in from the original.",
    ),
    "field_unclear": (
        "“{label}”写的是“{written}”，认不准；请对照原件改正。",
        "“{label}” reads “{written}” and is not understood; correct it from the original.",
    ),
    "signature_missing": (
        "“{place}”处没有看到签名（依据：{clause}）；请补签，或在核对时确认已签。",
        "No signature is seen at “{place}” (clause: {clause}); have it signed, or confirm that it is.",
    ),
    "seal_missing": (
        "没有看到“{place}”（依据：{clause}）；请补盖，或在核对时确认已盖。",
        "The seal “{place}” is not seen (clause: {clause}); have it sealed, or confirm that it is.",
    ),
    "pages_missing": (
        "缺第 {missing} 页（共 {of} 页）；请找到缺页补扫，或说明原因。",
        "Page {missing} of {of} is missing; find and scan it, or say why it is not there.",
    ),
    "pages_double": (
        "第 {pages} 页出现不止一次；请核对是否重复扫描。",
        "Page {pages} is there more than once; check whether it was scanned twice.",
    ),
    "pages_out_of_order": (
        "页码顺序为 {pages}，与印刷页码不一致；请核对装订顺序。",
        "The pages stand in the order {pages}, not as numbered; check the order of the papers.",
    ),
    "altered": (
        "第 {page} 页有划改的内容（“{entry}”）；请核对是否允许涂改、有无签认。",
        "Page {page} has a struck-through entry (“{entry}”); check that it may be altered and is countersigned.",
    ),
    # controlled documents: what disagrees within one revision
    "revision_mismatch": (
        "封面版次为 {cover}，文件修改控制页最后一行为 {last}；请核对后改正其中之一。",
        "The cover says revision {cover}, the last row of the control page says {last}; correct one of them.",
    ),
    "header_mismatch": (
        "页眉写的是 {header}，封面写的是 {cover}；请改成一致。",
        "The page header says {header}, the cover says {cover}; make them agree.",
    ),
    "revision_backwards": (
        "修改控制页第 {row} 行的修改状态 {state} 低于上一行的 {previous}；请核对顺序。",
        "Row {row} of the control page has state {state}, lower than {previous} in the row before; "
        "check the order.",
    ),
    "revision_gap": (
        "修改控制页从 {previous} 跳到 {state}（第 {row} 行），中间的修改没有记录；请补齐。",
        "The control page goes from {previous} to {state} (row {row}); add the missing changes.",
    ),
    "revision_unreadable": (
        "修改控制页第 {row} 行的修改状态“{state}”认不出；请改为 A/1 这样的写法。",
        "The state “{state}” in row {row} of the control page is not understood; write it like A/1.",
    ),
    "control_page_missing": (
        "封面版次为 {cover}，但文件修改控制页没有记录；请补填修改记录。",
        "The cover says revision {cover}, but the control page has no row; add the changes.",
    ),
    "row_incomplete": (
        "修改控制页第 {row} 行缺少{missing}；请补填。",
        "Row {row} of the control page lacks {missing}; fill it in.",
    ),
    "row_not_approved": (
        "修改控制页第 {row} 行没有批准人或批准日期；批准后再发布。",
        "Row {row} of the control page has no approver or no day of approval; have it approved before issue.",
    ),
    "dates_out_of_order": (
        "{where}：{later}（{later_on}）早于{earlier}（{earlier_on}）；请核对日期。",
        "{where}: {later} ({later_on}) is before {earlier} ({earlier_on}); check the days.",
    ),
    "date_unreadable": (
        "{where}的日期“{written}”认不出；请改为 2024-03-26 这样的写法。",
        "The day “{written}” at {where} is not understood; write it like 2024-03-26.",
    ),
    "chapter_unknown": (
        "修改控制页第 {row} 行写的章节 {chapter} 在正文中找不到；请核对章节号。",
        "Chapter {chapter} in row {row} of the control page is not in the text; check its number.",
    ),
    "chapter_not_changed": (
        "修改控制页写这个版次改了 {chapter}，正文中这一章节与上一版相同；请核对章节号，或补上漏改的内容。",
        "The control page says that this revision changed chapter {chapter}, which reads as before; check the number, "
        "or make the change that is missing.",
    ),
    "chapter_not_named": (
        "正文的 {chapter} 与上一版不同，修改控制页没有写；请补一行，或恢复误改的内容。",
        "Chapter {chapter} differs from the revision before and is not on the control page; add a row, or undo "
        "what was changed by mistake.",
    ),
    "reference_withdrawn": (
        "正文引用了已作废的文件：{names}；请改为现行文件，或删去引用。",
        "The text names documents that are withdrawn: {names}; name the ones in force, or leave them out.",
    ),
    "rows_lost": (
        "上一版修改控制页的 {states} 在这一稿里没有了；请在上一版发布的文件上修改，或补齐这些行。",
        "Rows of the control page of the revision before are missing ({states}); start from the file as it was issued, "
        "or put them back.",
    ),
    "not_written": (
        "发布时要写入文件的内容没有落处：{what}；请在封面、页眉或修改控制页补上相应栏目。",
        "There is no place in the file for what issuing writes: {what}. Add it to the cover, header or control page.",
    ),
    "page_out_of_range": (
        "修改控制页第 {row} 行写的修改页码 {page} 超过总页数 {pages}；请核对页码。",
        "Page {page} in row {row} of the control page is beyond the document's {pages} pages; check "
        "the page.",
    ),
    "same_person": (
        "修改控制页第 {row} 行的修改人与批准人是同一人（{name}）；批准应由另一人作出。",
        "In row {row} of the control page the same person ({name}) changed and approved; another has "
        "to approve.",
    ),
    "notice_repeated": (
        "更改通知单号 {notice} 用于不同的修改状态（{states}）；请核对单号。",
        "Change notice {notice} stands for different states ({states}); check the number.",
    ),
}

REFUSED = frozenset(
    {
        "empty_file",
        "file_too_large",
        "executable",
        "archive_container",
        "macro",
        "active_content",
        "zip_bomb",
        "too_many_entries",
        "unsafe_parts",
        "too_many_pixels",
        "too_many_pages",
    }
)
"""Codes after which the file may not become a record as it is."""

UNREADABLE = frozenset(
    {
        "file_missing",
        "kept_unreadable",
        "kept_with_text",
        "unknown_format",
        "damaged",
        "damaged_partly",
        "password_needed",
        "ocr_unavailable",
        "time_limit",
        "memory_limit",
        "reader_crashed",
        "reader_failed",
        "reader_garbled",
    }
)
"""Codes after which the original is kept and counts as not (or not wholly) read."""


class _Blanks(dict[str, str]):
    """Details for a template; a missing one shows as 「?」 instead of raising while an error is being
    told."""

    def __missing__(self, key: str) -> str:
        return "?"


def sentence(code: str, details: dict[str, str], language: str = "zh") -> str:
    """The sentence of `code` with its details filled in; `language` is "zh" or "en". KeyError: unknown
    code."""
    zh, en = TEMPLATES[code]
    return (zh if language == "zh" else en).format_map(_Blanks(details))


def problem(code: str, /, **details: object) -> Problem:
    """A problem of the table with its Chinese sentence. Details are cut to 300 characters each."""
    texts = {key: str(value)[:300] for key, value in details.items()}
    return Problem(code=code, message=sentence(code, texts), details=texts)


def state_of(problems: tuple[Problem, ...]) -> FileState:
    """The state that follows from problems: refused before unreadable before read."""
    codes = {p.code for p in problems}
    if codes & REFUSED:
        return FileState.REFUSED
    return FileState.UNREADABLE if codes & UNREADABLE else FileState.READ
