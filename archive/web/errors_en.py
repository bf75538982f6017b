"""English for what use cases say in Chinese, by code: (what happened, what to do)."""

from __future__ import annotations

SENTENCES: dict[str, tuple[str, str]] = {
    # rights
    "not_your_role": (
        "Your role does not include this.",
        "Ask a colleague with the right role, or ask the administrator to check your roles.",
    ),
    "needs_grant": (
        "Secret records may be read only under an approved grant.",
        "Request access and say what for and for how many days.",
    ),
    "needs_copy_grant": (
        "Taking a copy along needs an approval.",
        "Request access with a copy and say what for.",
    ),
    "not_approver": ("Your role does not decide on this class.", "A colleague who may has to decide."),
    "not_asked": ("A copy was not asked for.", "Approve the reading only."),
    "not_in_dossier": ("The chosen records are not of this file.", "Reload the page and choose again."),
    "no_emergency": ("This house does not allow reading before the approval.", "Request access."),
    "review_waits": ("Your last emergency reading has not been reviewed.", "Ask the manager to review it."),
    "bad_deputy": ("A deputy is another person, and none of the three officers.", "Choose someone else."),
    "too_many_rows": ("That is too many rows for one workbook.", "Choose fewer days, or take the CSV."),
    "too_many_pages": ("That is too many pages at once.", "Take them in parts."),
    "paper_out": ("The paper original is out on loan.", "See in the list of loans who has it."),
    "paper_lost": (
        "The paper original was reported lost.",
        "Read it on the screen; if it was found, say first where it stands.",
    ),
    "no_place_name": ("A name is needed, of at most 60 characters.", "Name the place as people call it."),
    "bad_amount": ("That is none, or too many at once.", "Take them in parts."),
    "text_too_long": ("The text is too long.", "Shorten it."),
    "bad_place": ("There is no such kind of place.", "Use room, cabinet, shelf or box."),
    "does_not_fit": (
        "This place cannot stand in that one.",
        "Cabinets stand in rooms, shelves in cabinets, boxes on shelves; larger ones may be left out.",
    ),
    "never": ("Records of this class cannot be downloaded.", "Read it here while your grant lasts."),
    "own_request": ("You cannot decide on your own request.", "Ask another manager to decide."),
    "destroyed": ("This record was destroyed as its rule says; only the certificate remains.", ""),
    "not_to_verify": (
        "This record is not on the verification desk any more; someone may have filed it.",
        "Go back to the desk and take the next one.",
    ),
    "refused": ("This is not allowed.", ""),
    "not_found": ("Nothing was found here.", "Check the number, or come in again from Find."),
    "unknown": ("Nothing was found here.", "Check the number."),
    # people
    "sign_in_failed": (
        "Name or password is not right.",
        "Try again; if you forgot the password, ask the administrator.",
    ),
    "sign_in_throttled": ("Too many wrong passwords.", "Wait a minute, then try again."),
    "wrong_password": ("The password is not right.", "Enter your present password again."),
    "wrong_code": (
        "The code is not right.",
        "Enter the six digits that your app shows now, or a recovery code.",
    ),
    "code_needed": ("A code of the second factor is needed.", "Send the six digits as code."),
    "sign_in_expired": ("Signing in took too long.", "Enter name and password again."),
    "new_password_needed": ("Set a password of your own first.", "Sign in on the web page to set it."),
    "own_account": ("You cannot change your own account.", "Ask another administrator."),
    "factor_exists": ("Two-step sign-in is on already.", "Switch it off first to change the device."),
    "same_password": ("The new password is the old one.", "Choose another."),
    "passwords_differ": ("The two new passwords differ.", "Type them again."),
    "no_scope": ("Purpose or permissions are missing.", "Say what the token is for and tick what it may do."),
    "not_in_scope": ("A token cannot do this.", "Leave it out, or do it yourself on the page."),
    "form_expired": (
        "This page had expired; nothing was done.",
        "Go back, reload the page and send the form again.",
    ),
    "name_taken": ("This sign-in name is in use.", "Choose another name."),
    "bad_name": (
        "A sign-in name has 2 to 32 lower-case letters, digits, dots, hyphens or underscores.",
        "Change the name.",
    ),
    "no_role": ("At least one role is needed.", "Choose a role."),
    "unknown_role": ("There is no such role.", "Choose one from the list."),
    "roles_exclude": ("These roles may not be held by one person.", "Give them to different people."),
    "short_password": ("The password is too short.", "Use at least 10 characters."),
    # access
    "no_purpose": ("The purpose is missing.", "Say what you need the record for."),
    "bad_days": ("The number of days is out of range.", "Choose between 1 and 90 days."),
    "already_decided": ("This request has been decided already.", "Reload the page to see the result."),
    "schedule_stale": (
        "This change of rules is out of date, or was decided already.",
        "Reload the page and count the effect again.",
    ),
    "not_counted": (
        "The effect is not counted to its end yet.",
        "Wait for the count to finish, then decide.",
    ),
    "needs_person": (
        "To shorten how long records are kept needs a manager with a name.",
        "Accept it on the Retention page, or name the manager with --as.",
    ),
    "no_reason": ("A reason is needed.", "Write the reason in a few words."),
    "unknown_target": ("This cannot be done with such a thing.", "Choose a record, a dossier or a house."),
    # intake and the desk
    "unknown_type": ("Choose the record type.", "Take one from the list."),
    "too_large": ("The file is larger than the limit.", "Split it, then upload the parts."),
    "infected": (
        "The file carries malware; it was neither read nor archived, the original is kept apart.",
        "Check the computer it came from.",
    ),
    "not_scanned": (
        "The file is larger than what the virus scanner takes; it was not scanned, so it was not read.",
        "Ask the administrator to raise the limit, then upload it again.",
    ),
    "scanner_away": (
        "The virus scanner does not answer, so the file is not read yet; it goes on by itself.",
        "The administrator sees more on the health page.",
    ),
    "duplicate": ("The same file is here already; it was not filed twice.", ""),
    "upload_gone": (
        "There is no such upload; it was cancelled, or nobody went on with it.",
        "Choose the file again.",
    ),
    "wrong_offset": (
        "The upload stands elsewhere than where this piece begins.",
        "Ask how much has arrived, then go on from there.",
    ),
    "checksum_mismatch": ("What arrived is not what was sent; it was not kept.", "Send it again."),
    "bad_checksum": ("The checksum must be a SHA-256.", "Send it as the protocol says, or leave it out."),
    "too_many_uploads": ("Too many uploads are unfinished.", "Finish or cancel what was begun."),
    "house_missing": ("The house is missing.", "Enter the house this form belongs to."),
    "house_unknown": (
        "The house is not in the house register.",
        "Check the house number, or import the house register first.",
    ),
    "bad_choice": ("The value is not among the choices of this field.", "Choose one of the offered values."),
    "bad_date": ("This is not a date.", "Write it like 2026-03-06."),
    "grade_missing": ("The grade is missing.", "Choose it: how long the record is kept depends on it."),
    "date_missing": ("The date is missing.", "Enter it: the retention period counts from it."),
    "no_page": ("This page cannot be shown.", "Download the original, or ask the archivist to check it."),
    "bad_catalogue": (
        "The catalogue must be .jsonl, .csv or .xlsx.",
        "Save it as one of these, then import it again.",
    ),
    "no_file": ("The form holds no file.", "Put the file into the field named file."),
    "in_use": (
        "There is an archive here already.",
        "The demonstration needs an empty folder; choose another one.",
    ),
    "already_verified": (
        "This record has been dealt with already; nothing was changed.",
        "Compare both sides below.",
    ),
    "record_changed": (
        "This record changed after you opened it; nothing was overwritten.",
        "Compare both sides below.",
    ),
    "taken": (
        "Somebody else is working on this record.",
        "Take the next one; you can take it over when they have left it.",
    ),
    "nothing_ticked": (
        "Tick the records to file, and confirm that you have looked at each of them.",
        "",
    ),
    "too_many_to_divide": (
        "The file has too many pages to divide it by hand.",
        "Scan it in smaller batches.",
    ),
    "not_divisible": ("Only PDF and TIFF files of several pages can be divided.", ""),
    "whole_gone": (
        "The whole file is no longer kept; its records stay as they were divided.",
        "Verify them one by one, or scan the paper again.",
    ),
    "dividing": ("This file is being divided.", "Wait until it is done."),
    "nothing_left": ("At least one page must stay.", "Leave fewer pages out."),
    "nothing_to_undo": ("There is no division to take back.", ""),
    "mixed_types": ("Only records of one type can be filed together.", "Filter the queue by type first."),
    "sent_back": ("The record was sent back.", "It waits for a new scan."),
    "bad_threshold": ("The threshold must lie between 80 % and 99.9 %.", "Choose another one."),
    # search
    "empty_query": ("Enter words, a house number or an archival code.", ""),
    "bad_query": ("This search is not understood.", "Shorten it or write it another way."),
    "bad_house": ("This does not look like a house number.", "Write it like 3-2-1203."),
    # retention and estate
    "unknown_event": ("There is no such trigger event.", "Choose one from the list."),
    "missing_fact": (
        "A fact that the retention rule needs is missing.",
        "Complete the record on the verification desk.",
    ),
    "unknown_value": (
        "A value that the retention rule depends on is not one of the allowed ones.",
        "Correct the record's fields.",
    ),
    "bad_encoding": ("The file is neither UTF-8 nor GB18030.", "Save it as CSV UTF-8."),
    "bad_excel": ("The file is not a readable workbook.", "Save it as .xlsx or .csv."),
    "no_column": ("A column is missing.", "The columns are estate, house, owner, from, to and phone."),
    # what the desk asks about
    "type_unsure": ("It is not certain which form this is.", "Choose the record type."),
    "house_ambiguous": ("Several estates have this house number.", "Choose which one."),
    "house_by_owner": (
        "The form shows no house number; the house was inferred from the owner.",
        "Confirm it.",
    ),
    "owner_missing": ("No owner's name was read.", "Confirm whose form this is."),
    "owner_near": ("The name read is close to the registered owner's but not equal.", "Confirm it."),
    "owner_differs": ("The name read differs from the registered owner's.", "Confirm whose form this is."),
    "no_tenure": ("The house has no registered owner.", "Register the owner before filing."),
    "field_missing": ("A required field was not read.", "Fill it in."),
    "signature_missing": ("A signature that should be there was not found.", "Check the original."),
    "seal_missing": ("A seal that should be there was not found.", "Check the original."),
    # the house register
    "no_estate": ("The estate is missing.", "Write it in its column, or name one for the whole file."),
    "house_differs": (
        "The house disagrees with the columns of building and unit; the row was left out.",
        "Correct one of them.",
    ),
    "ends_before": ("The tenure ends before it begins.", "Check both days."),
    "tenancy_ends_before": ("The tenancy ends before it begins.", "Check both days."),
    "overlap": (
        "The tenure overlaps a registered one; this owner was left out.",
        "Check the days, or change the owner on the page of the house.",
    ),
    "overlap_lasting": (
        "Two owners of this house both last.",
        "If the title was transferred, write the former owner's last day.",
    ),
    "tenancy_overlap": (
        "The tenancy overlaps a registered one; this tenant was left out.",
        "Check the days.",
    ),
    "sold_otherwise": (
        "Another day of sale is registered; it was kept.",
        "Correct it on the page of the house.",
    ),
    "no_owner": ("A phone or a day stands there without an owner; only the house was taken.", ""),
    "no_tenant": ("A phone or a day stands there without a tenant; no tenant was taken.", ""),
    "phone_lost": (
        "The spreadsheet rounded the phone; no phone was taken.",
        "Make the column text and write it again.",
    ),
    "formula_unknown": (
        "A formula has no value.",
        "Open the file in a spreadsheet program and save it again.",
    ),
    "too_long": ("A value is longer than 200 characters; the row was left out.", "Shorten it."),
    "sheet_skipped": ("A sheet without a heading was not read.", ""),
    "column_ignored": ("A column that has no use here was not read.", ""),
    "bad_table": (
        "The table cannot be read to its end.",
        "Open it in a spreadsheet program and save it as .xlsx or CSV UTF-8.",
    ),
    "before_present": ("The day lies within an earlier tenure.", "Check the day of the transfer."),
    "no_owner_name": ("The owner's name is missing.", "Enter it."),
    "no_tenant_name": ("The tenant's name is missing.", "Enter it."),
    "not_latest": ("Something was changed since.", "Undo the later change first, or correct the register."),
    "owner_has_records": (
        "Papers were filed under the new owner; the transfer cannot be undone.",
        "Correct the owner instead.",
    ),
    "not_checked": ("This import does not wait for you.", "Reload the page to see how far it is."),
    "register_gone": ("The uploaded file is no longer there.", "Upload it again."),
    "bad_ending": ("The file must end in .xlsx or .csv.", "Choose another name."),
    "form_unsigned": (
        "The code was not printed by this archive.",
        "Take it as a hint; check type and house.",
    ),
    "form_forged": (
        "The code of this form does not carry the archive's seal; it may be forged or altered.",
        "Decide from the original where it belongs.",
    ),
    "form_unknown": (
        "This serial is not among the forms that were printed.",
        "Decide from the original where it belongs.",
    ),
    "form_void": ("This form was voided.", "Confirm that it is to be filed all the same."),
    "form_tenure_ended": (
        "The owner's tenure ended after this form was printed.",
        "Decide whose file it goes to.",
    ),
    "form_again": (
        "This copy of the form was filed before: it was scanned, copied or printed again.",
        "Decide whether to keep it.",
    ),
    "form_other_copy": (
        "Another copy of this form was filed before.",
        "Decide whether to keep this one too.",
    ),
    "form_differs": (
        "Something that was printed on the form has been changed by hand.",
        "Compare with the original.",
    ),
    # printing forms
    "type_retired": ("This form is no longer used.", "Choose one that is."),
    "unknown_field": ("This form has no such field.", "See the type's fields under Settings."),
    "bad_copies": ("So many copies cannot be printed at once.", "Print nine at most."),
    "bad_rows": ("So many rows cannot be printed at once.", "Print two hundred at most."),
    "bad_language": ("Forms are printed in zh or en.", ""),
    "bad_value": ("A value is given as FIELD=VALUE.", "For example grade=一般."),
    "not_your_form": ("Only whoever printed the form may do this.", "Print it again, or ask the archivist."),
    "form_returned": ("This form has come back and was filed.", "It cannot be voided any more."),
    "not_written": ("The file could not be written.", "Choose another place."),
    # controlled documents
    "bad_color": ("This is not a colour.", "Write it like #c00000."),
    "nothing_to_compare": (
        "There is nothing to compare with.",
        "Wait for the next revision, or add a Word file of this one.",
    ),
    "no_holder": (
        "The holder is missing.",
        "Write who holds the copy.",
    ),
    "unknown_person": (
        "There is no such active account.",
        "Check the sign-in name, or give the holder only.",
    ),
    "copy_taken": (
        "This copy number is in use.",
        "Choose another number, or leave it empty.",
    ),
    "not_the_holder": (
        "Only the holder can acknowledge a copy.",
        "Let the holder sign in.",
    ),
    "bad_cycle": (
        "The cycle is out of range.",
        "Choose between 1 and 60 months.",
    ),
    "same_person": (
        "Whoever proposed, drafted, reviewed and approved must be different people.",
        "Let another colleague with the right do it.",
    ),
    "wrong_step": (
        "This step cannot be taken now; someone may have done it.",
        "Reload the page to see where it stands.",
    ),
    "account_disabled": (
        "Your account is disabled; nothing was done.",
        "Ask the administrator.",
    ),
    "no_document": (
        "There is no controlled document with this number.",
        "For a new document give its title too.",
    ),
    "bad_number": (
        "The document number is missing.",
        "Write it like DG-KF-13.",
    ),
    "revision_unknown": (
        "The revision to go on from cannot be read.",
        "Complete the revision in force first.",
    ),
    "already_under_way": (
        "This document has a revision under way.",
        "Wait until it is issued, or drop it first.",
    ),
    "number_taken": (
        "This change notice number is in use.",
        "Choose another number.",
    ),
    "checked_out": (
        "Someone else has the draft checked out.",
        "Wait until it is checked in, or take it over with a reason.",
    ),
    "not_checked_out": (
        "Check the draft out before you check one in.",
        "Press check out, then try again.",
    ),
    "no_draft": (
        "There is no draft yet.",
        "Check out, change it and check it in.",
    ),
    "not_the_author": (
        "Only someone whose draft is in it hands it in.",
        "Ask its author.",
    ),
    "draft_unreadable": (
        "The draft cannot be read.",
        "Save it in Word as .docx without macros and check it in again.",
    ),
    "draft_not_word": (
        "A draft is a Word file (.docx).",
        "Save it as .docx and check it in again.",
    ),
    "draft_no_document": (
        "No document number and revision were read on the cover of the draft.",
        "Use the cover and control page of a controlled document.",
    ),
    "draft_other_number": (
        "The draft has the number of another document.",
        "Check that it is the right file.",
    ),
    "no_word_file": (
        "There is no Word file to go on with yet.",
        "Check a .docx in.",
    ),
    "effective_past": (
        "The effective day is past.",
        "Choose today or later, or explain why it is right.",
    ),
    "open_findings": (
        "Something in the document disagrees and is not settled.",
        "Send it back to be corrected, or accept it with a reason.",
    ),
    "not_fileable": (
        "The revision cannot be filed yet.",
        "Correct what is missing, then issue it.",
    ),
    "not_in_force": (
        "No revision of this document is in force.",
        "Reload the page to see its state.",
    ),
    # engines
    "engine_away": (
        "A part of the system does not answer.",
        "Try again shortly; the administrator sees which part.",
    ),
    "bad_input": ("Something in the request is not right.", "Check what you entered."),
    "too_big": ("The request is too large.", "Send less at once."),
    "sign_in_needed": ("Please sign in.", "Send a session token as a bearer token."),
    "error": (
        "Something went wrong on our side; nothing was changed.",
        "Try again; if it stays, tell the administrator.",
    ),
}

HEALTH_SENTENCES = {
    "workers": "No worker is running; files that come in wait. Start dangan worker.",
    "index-position": "The index is at change {current_to} of {newest} and catching up.",
    "jobs": "Some jobs failed several times and were set aside; see the command line: dangan check.",
}
"""The same for the parts of archive.services.health, by name."""
