//! Which role may make which call: one table, and what is not in it is denied.
//!
//! The contract says the same at each call (`Callers:`), and a test keeps the two together.

use super::Role::{self, Administrator, CareOfficer, Feed, Manager, Service, TeamLeader};

/// Callers of whom nothing is known: the one call by which somebody becomes known.
const ANYBODY: &[Role] = &[];

/// Service, call, and who may make it.
#[rustfmt::skip]
pub const CALLERS: &[(&str, &str, &[Role])] = &[
    // IntakeService
    ("IntakeService", "RecordEvent", &[Feed, Service, CareOfficer, TeamLeader, Manager]),
    ("IntakeService", "RecordEvents", &[Feed, Service]),
    ("IntakeService", "RecordCourtResult", &[Feed, Administrator]),
    ("IntakeService", "RecordCourtResults", &[Feed, Administrator]),
    ("IntakeService", "RecordCpsMessage", &[Feed, Service, Administrator]),
    ("IntakeService", "GetReceipt", &[Feed, Service, CareOfficer, TeamLeader, Manager, Administrator]),
    ("IntakeService", "ListUnlinked", &[CareOfficer, TeamLeader, Manager]),
    // CaseService
    ("CaseService", "OpenCase", &[Service, CareOfficer, TeamLeader, Manager]),
    ("CaseService", "GetCase", &[Service, CareOfficer, TeamLeader, Manager]),
    ("CaseService", "ListCases", &[Service, CareOfficer, TeamLeader, Manager]),
    ("CaseService", "SearchCases", &[CareOfficer, TeamLeader, Manager]),
    ("CaseService", "ListUncopied", &[CareOfficer, TeamLeader, Manager]),
    ("CaseService", "MarkCopied", &[CareOfficer, TeamLeader, Manager]),
    ("CaseService", "UpdateCase", &[Service, CareOfficer, TeamLeader, Manager]),
    ("CaseService", "LinkCase", &[Service, CareOfficer, TeamLeader, Manager]),
    ("CaseService", "TransferCases", &[TeamLeader, Manager]),
    ("CaseService", "AddParticipant", &[Service, CareOfficer, TeamLeader, Manager]),
    ("CaseService", "UpdateParticipant", &[Service, CareOfficer, TeamLeader, Manager]),
    ("CaseService", "SetEnhancedRights", &[CareOfficer, TeamLeader, Manager]),
    ("CaseService", "VerifyCaller", &[CareOfficer, TeamLeader, Manager]),
    ("CaseService", "LogContact", &[Service, CareOfficer, TeamLeader, Manager]),
    ("CaseService", "CorrectContact", &[CareOfficer, TeamLeader, Manager]),
    ("CaseService", "AddNote", &[Service, CareOfficer, TeamLeader, Manager]),
    ("CaseService", "AddDocument", &[Service, CareOfficer, TeamLeader, Manager]),
    ("CaseService", "GetDocument", &[Service, CareOfficer, TeamLeader, Manager]),
    ("CaseService", "ListDocuments", &[Service, CareOfficer, TeamLeader, Manager]),
    ("CaseService", "GetTimeline", &[CareOfficer, TeamLeader, Manager]),
    ("CaseService", "GetProof", &[CareOfficer, TeamLeader, Manager]),
    // TaskService
    ("TaskService", "ListTasks", &[Service, CareOfficer, TeamLeader, Manager]),
    ("TaskService", "WatchTasks", &[Service, CareOfficer, TeamLeader, Manager]),
    ("TaskService", "GetTask", &[Service, CareOfficer, TeamLeader, Manager]),
    ("TaskService", "CreateTask", &[Service, CareOfficer, TeamLeader, Manager]),
    ("TaskService", "AcknowledgeTask", &[CareOfficer, TeamLeader, Manager]),
    ("TaskService", "ClaimTask", &[Service, CareOfficer, TeamLeader, Manager]),
    ("TaskService", "ReleaseTask", &[CareOfficer, TeamLeader, Manager]),
    ("TaskService", "AssignTask", &[TeamLeader, Manager]),
    ("TaskService", "StartTask", &[Service, CareOfficer, TeamLeader, Manager]),
    ("TaskService", "RecordAttempt", &[Service, CareOfficer, TeamLeader, Manager]),
    ("TaskService", "AnswerTask", &[Service, CareOfficer, TeamLeader, Manager]),
    ("TaskService", "CompleteTask", &[Service, CareOfficer, TeamLeader, Manager]),
    ("TaskService", "ReopenTask", &[CareOfficer, TeamLeader, Manager]),
    ("TaskService", "DeferTask", &[CareOfficer, TeamLeader, Manager]),
    ("TaskService", "ReassignTasks", &[TeamLeader, Manager]),
    ("TaskService", "CancelTask", &[TeamLeader, Manager]),
    ("TaskService", "ExplainTask", &[CareOfficer, TeamLeader, Manager, Administrator]),
    ("TaskService", "ListOwnLines", &[CareOfficer, TeamLeader, Manager]),
    ("TaskService", "PutOwnLine", &[CareOfficer, TeamLeader, Manager]),
    ("TaskService", "ListDuties", &[Service, CareOfficer, TeamLeader, Manager]),
    ("TaskService", "ExcuseDuty", &[TeamLeader, Manager]),
    // TeamService
    ("TeamService", "ListTeams", &[Service, CareOfficer, TeamLeader, Manager, Administrator]),
    ("TeamService", "PutTeam", &[Manager, Administrator]),
    ("TeamService", "ListStaff", &[Service, CareOfficer, TeamLeader, Manager, Administrator]),
    ("TeamService", "PutStaff", &[Manager, Administrator]),
    ("TeamService", "RecordAbsence", &[Service, CareOfficer, TeamLeader, Manager]),
    ("TeamService", "EndAbsence", &[Service, CareOfficer, TeamLeader, Manager]),
    ("TeamService", "ListAbsences", &[CareOfficer, TeamLeader, Manager]),
    ("TeamService", "PlanCover", &[TeamLeader, Manager]),
    ("TeamService", "ApplyCover", &[TeamLeader, Manager]),
    ("TeamService", "UndoCover", &[TeamLeader, Manager]),
    ("TeamService", "AllocatePreCharge", &[TeamLeader, Manager]),
    ("TeamService", "GetWorkload", &[Service, CareOfficer, TeamLeader, Manager]),
    ("TeamService", "PostNotice", &[TeamLeader, Manager]),
    ("TeamService", "ReadNotice", &[CareOfficer, TeamLeader, Manager]),
    ("TeamService", "WithdrawNotice", &[TeamLeader, Manager]),
    ("TeamService", "ListNotices", &[CareOfficer, TeamLeader, Manager]),
    // CorrespondenceService
    ("CorrespondenceService", "ListMessages", &[Service, CareOfficer, TeamLeader, Manager, Administrator]),
    ("CorrespondenceService", "GetMessage", &[CareOfficer, TeamLeader, Manager]),
    ("CorrespondenceService", "PreviewMessage", &[CareOfficer, TeamLeader, Manager]),
    ("CorrespondenceService", "RetryMessage", &[CareOfficer, TeamLeader, Manager]),
    ("CorrespondenceService", "ReleaseMessage", &[CareOfficer, TeamLeader, Manager]),
    ("CorrespondenceService", "HoldMessage", &[CareOfficer, TeamLeader, Manager]),
    ("CorrespondenceService", "CancelMessage", &[CareOfficer, TeamLeader, Manager]),
    ("CorrespondenceService", "ListPrintQueue", &[CareOfficer, TeamLeader, Manager]),
    ("CorrespondenceService", "PrintLetters", &[CareOfficer, TeamLeader, Manager]),
    ("CorrespondenceService", "MarkPrinted", &[CareOfficer, TeamLeader, Manager]),
    ("CorrespondenceService", "UnmarkPrinted", &[CareOfficer, TeamLeader, Manager]),
    // DiaryService
    ("DiaryService", "ListEntries", &[Service, CareOfficer, TeamLeader, Manager]),
    ("DiaryService", "GetTrialSheet", &[CareOfficer, TeamLeader, Manager]),
    ("DiaryService", "GetAvailability", &[CareOfficer, TeamLeader, Manager]),
    ("DiaryService", "PutAppointment", &[Service, CareOfficer, TeamLeader, Manager]),
    ("DiaryService", "CancelAppointment", &[Service, CareOfficer, TeamLeader, Manager]),
    ("DiaryService", "CreateFeed", &[CareOfficer, TeamLeader, Manager]),
    ("DiaryService", "ListFeeds", &[CareOfficer, TeamLeader, Manager]),
    ("DiaryService", "RevokeFeed", &[CareOfficer, TeamLeader, Manager]),
    // DirectoryService
    ("DirectoryService", "ListContacts", &[Service, CareOfficer, TeamLeader, Manager, Administrator]),
    ("DirectoryService", "PutContact", &[CareOfficer, TeamLeader, Manager, Administrator]),
    ("DirectoryService", "ResolveRecipients", &[CareOfficer, TeamLeader, Manager]),
    // PackService
    ("PackService", "GetPack", &[CareOfficer, TeamLeader, Manager, Administrator]),
    ("PackService", "ListPacks", &[CareOfficer, TeamLeader, Manager, Administrator]),
    ("PackService", "ReadPack", &[CareOfficer, TeamLeader, Manager, Administrator]),
    ("PackService", "CheckPack", &[TeamLeader, Manager, Administrator]),
    ("PackService", "TestPack", &[TeamLeader, Manager, Administrator]),
    ("PackService", "ExplainEvent", &[CareOfficer, TeamLeader, Manager, Administrator]),
    // OperationsService
    ("OperationsService", "ListParked", &[TeamLeader, Manager, Administrator]),
    ("OperationsService", "RetryParked", &[TeamLeader, Manager, Administrator]),
    ("OperationsService", "DiscardParked", &[TeamLeader, Manager]),
    ("OperationsService", "GetParked", &[TeamLeader, Manager]),
    ("OperationsService", "CorrectParked", &[TeamLeader, Manager]),
    ("OperationsService", "Reprocess", &[Manager, Administrator]),
    ("OperationsService", "Reconcile", &[Feed, Service, TeamLeader, Manager, Administrator]),
    ("OperationsService", "GetStats", &[Service, TeamLeader, Manager, Administrator]),
    ("OperationsService", "GetCompliance", &[CareOfficer, TeamLeader, Manager, Administrator]),
    ("OperationsService", "ListAudit", &[Manager, Administrator]),
    ("OperationsService", "VerifyAudit", &[Manager, Administrator]),
    // AccountService
    ("AccountService", "SignIn", ANYBODY),
    ("AccountService", "SignOut", &[CareOfficer, TeamLeader, Manager, Administrator]),
    ("AccountService", "GetSession", &[Service, CareOfficer, TeamLeader, Manager, Administrator]),
    ("AccountService", "ChangePassword", &[CareOfficer, TeamLeader, Manager, Administrator]),
    ("AccountService", "PutAccount", &[Manager, Administrator]),
    ("AccountService", "ListAccounts", &[Manager, Administrator]),
];

/// Whether a role may make the call at this path (`/usher.v1.TaskService/ListTasks`).
#[must_use]
pub fn allows(role: Role, path: &str) -> bool {
    let Some((service, call)) = path.strip_prefix("/usher.v1.").and_then(|rest| rest.split_once('/')) else {
        return false;
    };
    CALLERS.iter().any(|(of, name, roles)| *of == service && *name == call && roles.contains(&role))
}

/// Whether anybody may make the call at this path.
#[must_use]
pub fn is_open(path: &str) -> bool {
    path == "/usher.v1.AccountService/SignIn"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_in_the_table_is_denied() {
        assert!(allows(Feed, "/usher.v1.IntakeService/RecordEvent"));
        for path in
            ["/usher.v1.IntakeService/DropEverything", "/usher.v2.IntakeService/RecordEvent", "", "/x"]
        {
            assert!(!allows(Manager, path), "{path}");
        }
        assert!(!allows(Feed, "/usher.v1.CaseService/GetCase"));
    }

    #[test]
    fn signing_in_alone_is_open_to_anybody() {
        for (service, call, roles) in CALLERS {
            assert_eq!(is_open(&format!("/usher.v1.{service}/{call}")), roles.is_empty(), "{service}.{call}");
        }
    }
}
