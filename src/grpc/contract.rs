//! The promises that the contract itself must keep, read from the descriptors that reflection answers with.

use super::{DESCRIPTORS, pb};
use crate::domain::words::Word;
use crate::domain::{
    caller, case, contact, court, diary, diary_look, document, duty, hearing, message, person, receipt,
    staff, task,
};
use prost::Message;
use prost_types::{DescriptorProto, EnumDescriptorProto, FileDescriptorProto, FileDescriptorSet};
use std::collections::HashMap;

/// Everything that each service answers to; the other calls come with the issues that need them.
const CALLS: &[(&str, &str)] = &[
    (
        "IntakeService",
        "RecordEvent RecordEvents RecordCourtResult RecordCourtResults RecordCpsMessage GetReceipt ListUnlinked",
    ),
    (
        "CaseService",
        "OpenCase GetCase ListCases SearchCases ListUncopied MarkCopied UpdateCase LinkCase TransferCases AddParticipant UpdateParticipant \
         SetEnhancedRights VerifyCaller LogContact CorrectContact AddNote AddDocument GetDocument ListDocuments \
         GetTimeline GetProof",
    ),
    (
        "TaskService",
        "ListTasks WatchTasks GetTask CreateTask AcknowledgeTask ClaimTask ReleaseTask AssignTask StartTask \
         RecordAttempt AnswerTask CompleteTask ReopenTask DeferTask ReassignTasks CancelTask ExplainTask ListOwnLines \
         PutOwnLine ListDuties ExcuseDuty",
    ),
    (
        "TeamService",
        "ListTeams PutTeam ListStaff PutStaff RecordAbsence EndAbsence ListAbsences PlanCover ApplyCover UndoCover \
         AllocatePreCharge GetWorkload PostNotice ReadNotice WithdrawNotice ListNotices",
    ),
    (
        "CorrespondenceService",
        "ListMessages GetMessage PreviewMessage RetryMessage ReleaseMessage HoldMessage CancelMessage \
         ListPrintQueue PrintLetters MarkPrinted UnmarkPrinted",
    ),
    (
        "DiaryService",
        "ListEntries GetTrialSheet GetAvailability PutAppointment CancelAppointment CreateFeed ListFeeds RevokeFeed",
    ),
    ("DirectoryService", "ListContacts PutContact ResolveRecipients"),
    ("PackService", "GetPack ListPacks ReadPack CheckPack TestPack ExplainEvent"),
    (
        "OperationsService",
        "ListParked RetryParked DiscardParked GetParked CorrectParked Reprocess Reconcile GetStats GetCompliance ListAudit \
         VerifyAudit",
    ),
    ("AccountService", "SignIn SignOut GetSession ChangePassword PutAccount ListAccounts"),
];

/// The roles that a call may be open to.
const ROLES: &[&str] =
    &["anybody", "feed", "service", "care officer", "team leader", "manager", "administrator"];

/// Words that Python, Rust, C#, Go or TypeScript keep for themselves where a field's name would stand.
const KEYWORDS: &str = "as async await break class continue def del elif else except false finally fn for from func \
    global if import in is lambda let loop match mod move mut none nonlocal not or pass pub raise ref return self \
    static struct super trait true try type unsafe use where while with yield";

/// The paths of the elements of a file, as source info numbers them.
mod path {
    pub(super) const FILE_MESSAGE: i32 = 4;
    pub(super) const FILE_ENUM: i32 = 5;
    pub(super) const FILE_SERVICE: i32 = 6;
    pub(super) const MESSAGE_FIELD: i32 = 2;
    pub(super) const MESSAGE_ONEOF: i32 = 8;
    pub(super) const ENUM_VALUE: i32 = 2;
    pub(super) const SERVICE_METHOD: i32 = 2;
}

/// One call with its comment.
struct Call {
    name: String,
    comment: String,
    request: DescriptorProto,
    response: DescriptorProto,
}

impl Call {
    /// The paragraph of the comment that begins with `label`, on one line.
    fn says(&self, label: &str) -> Option<String> {
        let from = self.comment.find(&format!("{label}: "))? + label.len() + 2;
        let rest = &self.comment[from..];
        let to =
            ["\nRefused: ", "\nRepeated: ", "\nCallers: "].iter().filter_map(|next| rest.find(next)).min();
        Some(rest[..to.unwrap_or(rest.len())].replace('\n', " ").trim().trim_end_matches('.').to_owned())
    }

    fn has_request_id(&self) -> bool {
        self.request.field.iter().any(|field| field.name() == "request_id" && field.oneof_index.is_none())
    }
}

fn files() -> Vec<FileDescriptorProto> {
    let set = FileDescriptorSet::decode(DESCRIPTORS).unwrap();
    set.file.into_iter().filter(|file| file.package() == "usher.v1").collect()
}

fn messages() -> Vec<DescriptorProto> {
    files().into_iter().flat_map(|file| file.message_type).collect()
}

fn published_enum(name: &str) -> (EnumDescriptorProto, Vec<String>) {
    let file = files().into_iter().find(|file| file.enum_type.iter().any(|e| e.name() == name)).unwrap();
    let index = file.enum_type.iter().position(|e| e.name() == name).unwrap();
    let comments = comments(&file);
    let of = |n: usize| comments.get(&vec![path::FILE_ENUM, index as i32, path::ENUM_VALUE, n as i32]);
    let values = file.enum_type[index].value.len();
    let texts = (0..values).map(|n| of(n).cloned().unwrap_or_default()).collect();
    (file.enum_type[index].clone(), texts)
}

/// Leading comments by path, each line without the space before it.
fn comments(file: &FileDescriptorProto) -> HashMap<Vec<i32>, String> {
    let located = file.source_code_info.as_ref().unwrap().location.iter();
    let lines = |text: &str| text.lines().map(str::trim).collect::<Vec<_>>().join("\n").trim().to_owned();
    located.map(|place| (place.path.clone(), lines(place.leading_comments()))).collect()
}

/// Every element of a file that must be explained, with its path and name.
fn elements(file: &FileDescriptorProto) -> Vec<(Vec<i32>, String)> {
    let mut all = Vec::new();
    for (m, message) in file.message_type.iter().enumerate() {
        let at = [path::FILE_MESSAGE, m as i32];
        all.push((at.to_vec(), message.name().to_owned()));
        for (n, field) in message.field.iter().enumerate() {
            let name = format!("{}.{}", message.name(), field.name());
            all.push(([&at[..], &[path::MESSAGE_FIELD, n as i32]].concat(), name));
        }
        let alternatives = |n| message.field.iter().any(|f| f.oneof_index == Some(n) && !f.proto3_optional());
        for (n, oneof) in message.oneof_decl.iter().enumerate().filter(|(n, _)| alternatives(*n as i32)) {
            let name = format!("{}.{}", message.name(), oneof.name());
            all.push(([&at[..], &[path::MESSAGE_ONEOF, n as i32]].concat(), name));
        }
        assert!(
            message.nested_type.is_empty() && message.enum_type.is_empty(),
            "{} nests types",
            message.name()
        );
    }
    for (e, list) in file.enum_type.iter().enumerate() {
        let at = [path::FILE_ENUM, e as i32];
        all.push((at.to_vec(), list.name().to_owned()));
        for (n, value) in list.value.iter().enumerate() {
            all.push(([&at[..], &[path::ENUM_VALUE, n as i32]].concat(), value.name().to_owned()));
        }
    }
    for (s, service) in file.service.iter().enumerate() {
        let at = [path::FILE_SERVICE, s as i32];
        all.push((at.to_vec(), service.name().to_owned()));
        for (n, method) in service.method.iter().enumerate() {
            let name = format!("{}.{}", service.name(), method.name());
            all.push(([&at[..], &[path::SERVICE_METHOD, n as i32]].concat(), name));
        }
    }
    all
}

fn calls() -> Vec<Call> {
    let messages = messages();
    let message = |full: &str| {
        let name = full.trim_start_matches(".usher.v1.");
        messages.iter().find(|message| message.name() == name).unwrap().clone()
    };
    let mut calls = Vec::new();
    for file in files() {
        let comments = comments(&file);
        for (s, service) in file.service.iter().enumerate() {
            for (n, method) in service.method.iter().enumerate() {
                let at = vec![path::FILE_SERVICE, s as i32, path::SERVICE_METHOD, n as i32];
                calls.push(Call {
                    name: format!("{}.{}", service.name(), method.name()),
                    comment: comments.get(&at).cloned().unwrap_or_default(),
                    request: message(method.input_type()),
                    response: message(method.output_type()),
                });
            }
        }
    }
    calls
}

#[test]
fn each_service_has_its_calls_and_no_others() {
    let mut published: Vec<String> = calls().into_iter().map(|call| call.name).collect();
    let mut expected: Vec<String> = CALLS
        .iter()
        .flat_map(|(service, calls)| calls.split_whitespace().map(move |call| format!("{service}.{call}")))
        .collect();
    published.sort();
    expected.sort();
    assert_eq!(published, expected);
}

#[test]
fn everything_in_the_contract_is_explained() {
    for file in files() {
        let comments = comments(&file);
        for (path, name) in elements(&file) {
            let comment = comments.get(&path).map(String::as_str).unwrap_or_default();
            assert!(!comment.is_empty(), "{}: {name} has no comment", file.name());
            assert!(comment.ends_with('.'), "{}: the comment of {name} is no sentence", file.name());
        }
    }
}

#[test]
fn every_call_says_who_may_make_it() {
    for call in calls() {
        let callers = call.says("Callers").unwrap_or_else(|| panic!("{} says nothing of callers", call.name));
        for role in callers.split(", ") {
            assert!(ROLES.contains(&role), "{} is open to {role:?}, which is no role", call.name);
        }
    }
}

#[test]
fn the_access_table_is_what_the_contract_says_at_each_call() {
    use super::access::table::CALLERS;
    let mut said: Vec<String> = calls()
        .iter()
        .map(|call| format!("{}: {}", call.name, call.says("Callers").unwrap_or_default()))
        .collect();
    let roles = |roles: &[super::access::Role]| {
        let words = roles.iter().map(|role| role.word().replace('-', " ")).collect::<Vec<_>>().join(", ");
        if words.is_empty() { "anybody".to_owned() } else { words }
    };
    let mut held: Vec<String> = CALLERS
        .iter()
        .map(|(service, call, callers)| format!("{service}.{call}: {}", roles(callers)))
        .collect();
    said.sort();
    held.sort();
    assert_eq!(held, said);
}

#[test]
fn every_call_says_why_it_may_be_refused_in_published_reasons() {
    let reasons: Vec<String> =
        published_enum("Reason").0.value.iter().map(|v| v.name().replacen("REASON_", "", 1)).collect();
    for call in calls() {
        let refused =
            call.says("Refused").unwrap_or_else(|| panic!("{} says nothing of refusals", call.name));
        let words = refused.split(|c: char| !c.is_ascii_alphanumeric() && c != '_');
        for word in words.filter(|word| word.contains('_') && *word == word.to_uppercase()) {
            assert!(
                reasons.iter().any(|reason| reason == word),
                "{} names {word}, which is no Reason",
                call.name
            );
        }
    }
}

#[test]
fn every_write_carries_a_request_id_and_says_what_a_repeat_answers() {
    for call in calls() {
        assert_eq!(call.has_request_id(), call.says("Repeated").is_some(), "{}", call.name);
        let writes = call.response.field.iter().any(|field| field.name() == "receipt");
        let asks = call.name.contains(".Get") || call.name.contains(".Explain");
        assert!(asks || !writes || call.has_request_id(), "{} writes without a request_id", call.name);
    }
}

#[test]
fn every_list_comes_in_pages() {
    for call in
        calls().iter().filter(|call| call.name.contains(".List") || call.name.ends_with("GetTimeline"))
    {
        let has = |message: &DescriptorProto, name| message.field.iter().any(|field| field.name() == name);
        assert!(has(&call.request, "page_size") && has(&call.request, "page_token"), "{}", call.name);
        assert!(has(&call.response, "next_page_token"), "{}", call.name);
    }
}

#[test]
fn no_field_is_a_keyword_of_a_client_language() {
    for message in messages() {
        for field in &message.field {
            let taken = KEYWORDS.split_whitespace().any(|keyword| keyword == field.name());
            assert!(!taken, "{}.{} is a keyword somewhere", message.name(), field.name());
        }
    }
}

#[test]
fn the_remedy_and_status_of_a_reason_are_those_its_comment_says() {
    let (list, comments) = published_enum("Reason");
    for (value, comment) in list.value.iter().zip(comments).filter(|(value, _)| value.number() != 0) {
        let reason = pb::Reason::try_from(value.number()).unwrap();
        let code = format!("{:?}", reason.code()).chars().fold(String::new(), |mut name, c| {
            if c.is_uppercase() && !name.is_empty() {
                name.push('_');
            }
            name.push(c.to_ascii_uppercase());
            name
        });
        let opening = format!("{:?}, {code}: ", reason.remedy());
        assert!(comment.starts_with(&opening), "{}: expected {opening:?}, found {comment:?}", value.name());
    }
}

#[test]
fn the_contract_and_the_domain_use_the_same_words() {
    fn words<W: Word>(name: &str) -> (String, &'static [&'static str]) {
        (name.to_owned(), W::WORDS)
    }
    let table = [
        words::<case::Phase>("Phase"),
        words::<case::ReferenceKind>("ReferenceKind"),
        words::<case::Risk>("Risk"),
        words::<caller::CallTopic>("CallTopic"),
        words::<caller::CheckOutcome>("CheckOutcome"),
        words::<contact::CallerCheck>("CallerCheck"),
        words::<contact::ContactKind>("ContactKind"),
        words::<contact::DirectoryKind>("DirectoryKind"),
        words::<court::Category>("Category"),
        words::<court::Feed>("Feed"),
        words::<court::Jurisdiction>("Jurisdiction"),
        words::<court::Line>("Line"),
        words::<court::TrialOutcome>("TrialOutcome"),
        words::<diary::AppointmentKind>("AppointmentKind"),
        words::<diary::DiaryState>("DiaryState"),
        words::<document::DocumentReader>("DocumentReader"),
        words::<document::Marking>("Marking"),
        words::<diary_look::Colour>("DiaryColour"),
        words::<duty::DutyState>("DutyState"),
        words::<hearing::ArrangementKind>("ArrangementKind"),
        words::<hearing::ArrangementState>("ArrangementState"),
        words::<hearing::AttendanceState>("AttendanceState"),
        words::<hearing::HearingKind>("HearingKind"),
        words::<hearing::HearingState>("HearingState"),
        words::<hearing::MeasureKind>("MeasureKind"),
        words::<hearing::MeasureState>("MeasureState"),
        words::<message::Audience>("Audience"),
        words::<message::Medium>("Medium"),
        words::<message::MessageState>("MessageState"),
        words::<person::Channel>("Channel"),
        words::<person::EnhancedCategory>("EnhancedCategory"),
        words::<person::EnhancedState>("EnhancedState"),
        words::<person::Role>("Role"),
        words::<receipt::Outcome>("Outcome"),
        words::<staff::AbsenceKind>("AbsenceKind"),
        words::<staff::StaffRole>("StaffRole"),
        words::<task::Priority>("Priority"),
        words::<task::TaskState>("TaskState"),
        words::<crate::store::audit::Verb>("AuditVerb"),
    ];
    for (name, words) in table {
        let (list, _) = published_enum(&name);
        let unspecified = list.value[0].name();
        let prefix = unspecified.strip_suffix("UNSPECIFIED").unwrap();
        let numbers: Vec<i32> = list.value.iter().map(|value| value.number()).collect();
        assert_eq!(numbers, (0..).take(numbers.len()).collect::<Vec<i32>>(), "{name} leaves numbers out");
        let published: Vec<String> = list.value[1..]
            .iter()
            .map(|value| value.name().trim_start_matches(prefix).to_lowercase().replace('_', "-"))
            // An acknowledgement may say that nothing was recorded; an event that was not recorded has no outcome.
            .filter(|word| !(name == "Outcome" && word == "rejected"))
            .collect();
        assert_eq!(published, words.iter().map(|word| word.to_lowercase()).collect::<Vec<_>>(), "{name}");
    }
}

#[test]
fn reflection_accepts_the_descriptors() {
    let reflection =
        tonic_reflection::server::Builder::configure().register_encoded_file_descriptor_set(DESCRIPTORS);
    assert!(reflection.build_v1().is_ok());
}

#[test]
fn debug_shows_no_personal_data() {
    let identity = pb::Identity {
        last_name: "Ashcraft".into(),
        phones: vec!["07700900123".into()],
        ..Default::default()
    };
    let participant = pb::NewParticipant { id: "p1".into(), identity: Some(identity), ..Default::default() };
    let party =
        pb::defendant::Party::Person(pb::DefendantPerson { last_name: "Vane".into(), ..Default::default() });
    let defendant = pb::Defendant { id: "d1".into(), party: Some(party), ..Default::default() };
    // A team leader's words come back as why somebody has a task or a case.
    let because = || "she knows Mrs Ashcraft".to_owned();
    let task = pb::Task { id: "t1".into(), assigned_because: because(), ..Default::default() };
    let line = pb::PlanLine { because: because(), ..Default::default() };
    let transfer = pb::CaseTransfer { because: because(), ..Default::default() };
    let taken_on = pb::PreChargeCase { because: because(), ..Default::default() };
    let case = pb::Case { owner_because: because(), ..Default::default() };
    let notice = pb::Notice { words: because(), ..Default::default() };
    let repeated = format!("{task:?} {line:?} {transfer:?} {taken_on:?} {case:?} {notice:?}");
    let shown = format!("{participant:?} {defendant:?} {repeated}");
    assert!(["p1", "d1", "t1"].iter().all(|id| shown.contains(id)), "{shown}");
    for secret in ["Ashcraft", "07700900123", "Vane"] {
        assert!(!shown.contains(secret), "{shown}");
    }
}

#[test]
fn every_payload_of_an_event_says_who_may_tell_it() {
    use super::access::Role;
    use super::access::payloads::{TELLERS, Tellers, allows};
    let file =
        files().into_iter().find(|file| file.message_type.iter().any(|m| m.name() == "Event")).unwrap();
    let comments = comments(&file);
    let m = file.message_type.iter().position(|message| message.name() == "Event").unwrap();
    for (n, field) in file.message_type[m].field.iter().enumerate() {
        if field.oneof_index.is_none() {
            continue;
        }
        let at = vec![path::FILE_MESSAGE, m as i32, path::MESSAGE_FIELD, n as i32];
        let comment = &comments[&at];
        let (name, tellers) = TELLERS.iter().find(|(name, _)| *name == field.name()).unwrap();
        let said = match tellers {
            Tellers::AsFor(_, call) => format!("Told by: as for {call}"),
            Tellers::Roles(_) if allows(Role::Feed, name) => "Told by: feeds, services and staff".to_owned(),
            Tellers::Roles(_) => "Told by: services and staff".to_owned(),
        };
        assert!(comment.contains(&said), "{name}: {comment}");
    }
}
