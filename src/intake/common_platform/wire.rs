//! Common Platform's JSON, as far as witness care reads it.
//!
//! One set of structs does for the internal and the external shape. Every field may be missing; unknown ones, which
//! are most of a payload, are skipped without being kept. Text borrows from the body.

use super::leaf::{Flag, List, Present, Text, wire};
use serde::Deserialize;

wire! {
    /// The outermost object: what is read of a share, and what other formats are recognised by.
    struct Envelope = "an object" {
        hearing: Option<Hearing<'a>>,
        shared_time: Text<'a>,
        hearing_day: Text<'a>,
        hearing_id: Text<'a>,
        vacated_trial_reason_id: Present,
        confirmed_hearing: Present,
        updated_hearing: Present,
        prosecution_concluded: Present,
        judicial_result_type_id: Present,
        incoming_message: Present,
        prosecution_case_subject: Present,
        cps_message: Present,
        #[serde(rename = "courtCentreWithLJA")]
        court_centre_with_lja: Present,
        session_days: Present,
        jurisdiction_type: Present,
        prosecution_cases: Present,
        court_applications: Present,
        event_type: Text<'a>,
        #[serde(rename = "type")]
        kind: Text<'a>,
        data: Option<Pointer<'a>>,
    }

    /// What a pointer points with.
    struct Pointer = "an object" {
        hearing_id: Present,
    }

    /// A capture that holds somebody else's message as text.
    struct Captured = "an object" {
        incoming_message: Text<'a>,
    }

    /// A hearing taken out of the list. The schema that the court publishes has the time under a misspelt key.
    struct VacatedTrial = "a vacated trial (object)" {
        hearing_id: Text<'a>,
        vacated_trial_reason_id: Text<'a>,
        hearing_date_time: Text<'a>,
        #[serde(rename = "hearingDateTime:")]
        hearing_date_time_misspelt: Text<'a>,
        case_details: List<VacatedCase<'a>>,
    }

    /// A case that was to be heard.
    struct VacatedCase = "a case (object)" {
        case_id: Text<'a>,
        case_urn: Text<'a>,
    }

    /// A hearing listed, or listed otherwise, between court days.
    struct HearingListing = "a listing (object)" {
        confirmed_hearing: Option<ListedHearing<'a>>,
        updated_hearing: Option<ListedHearing<'a>>,
        #[serde(rename = "_metadata")]
        metadata: Option<Metadata<'a>>,
    }

    /// What goes with a message on the court's own topic.
    struct Metadata = "an object" {
        created_at: Text<'a>,
    }

    /// The hearing as it is listed now.
    struct ListedHearing = "a hearing (object)" {
        id: Text<'a>,
        jurisdiction_type: Text<'a>,
        court_centre: CourtCentre<'a>,
        #[serde(rename = "type")]
        kind: Described<'a>,
        hearing_days: List<HearingDay<'a>>,
        week_commencing_date: Text<'a>,
        prosecution_cases: List<ListedCase<'a>>,
    }

    /// A case that is to be heard.
    struct ListedCase = "a case (object)" {
        id: Text<'a>,
        prosecution_case_identifier: CaseIdentifier<'a>,
        defendants: List<ListedDefendant<'a>>,
    }

    /// A defendant who is to be heard.
    struct ListedDefendant = "a defendant (object)" {
        id: Text<'a>,
    }

    /// Conclusions, each of one defendant in one case.
    struct Conclusions = "an object" {
        prosecution_concluded: List<Concluded<'a>>,
    }

    /// What is said of the proceedings against one defendant.
    struct Concluded = "a conclusion (object)" {
        prosecution_case_id: Text<'a>,
        defendant_id: Text<'a>,
        is_concluded: Text<'a>,
        hearing_id_where_change_occurred: Text<'a>,
        offence_summary: List<OffenceSummary<'a>>,
    }

    /// Whether an offence is decided.
    struct OffenceSummary = "an offence summary (object)" {
        offence_id: Text<'a>,
        proceedings_concluded: Flag,
        proceedings_concluded_changed_date: Text<'a>,
    }

    /// Results of one defendant in one case, as they go to the police.
    struct PoliceResult = "a police result (object)" {
        id: Text<'a>,
        case_id: Text<'a>,
        urn: Text<'a>,
        #[serde(rename = "courtCentreWithLJA")]
        court_centre_with_lja: CourtCentreWithLja<'a>,
        session_days: List<HearingDay<'a>>,
        case_markers: List<Marker<'a>>,
        defendant: Option<PoliceDefendant<'a>>,
    }

    /// A court house with its code.
    struct CourtCentreWithLja = "a court centre (object)" {
        court_centre: CourtCentre<'a>,
        court_hearing_location: Text<'a>,
    }

    /// A defendant as the police get them.
    struct PoliceDefendant = "a defendant (object)" {
        defendant_id: Text<'a>,
        individual_defendant: Option<IndividualDefendant<'a>>,
        corporate_defendant: Option<CorporateDefendant<'a>>,
        judicial_results: List<JudicialResult<'a>>,
        offences: List<Offence<'a>>,
    }

    /// A defendant who is a person.
    struct IndividualDefendant = "a person (object)" {
        person: PersonDetails<'a>,
        bail_status: BailStatus<'a>,
        bail_conditions: Text<'a>,
    }

    /// A defendant that is an organisation.
    struct CorporateDefendant = "an organisation (object)" {
        organisation_name: Text<'a>,
    }

    /// A hearing.
    struct Hearing = "a hearing (object)" {
        id: Text<'a>,
        jurisdiction_type: Text<'a>,
        court_centre: CourtCentre<'a>,
        #[serde(rename = "type")]
        kind: Described<'a>,
        hearing_days: List<HearingDay<'a>>,
        prosecution_cases: List<Case<'a>>,
        court_applications: List<Application<'a>>,
        defendant_judicial_results: List<DefendantResult<'a>>,
        cracked_ineffective_trial: Option<TrialType<'a>>,
        is_effective_trial: Flag,
        is_vacated_trial: Flag,
        is_box_hearing: Flag,
        is_virtual_box_hearing: Flag,
        #[serde(rename = "isSJPHearing")]
        is_sjp_hearing: Flag,
    }

    /// A court house and room.
    struct CourtCentre = "a court centre (object)" {
        id: Text<'a>,
        code: Text<'a>,
        name: Text<'a>,
        room_name: Text<'a>,
    }

    /// Anything of which only a description is read.
    struct Described = "an object with a description" {
        description: Text<'a>,
    }

    /// A day on which the hearing sits.
    struct HearingDay = "a hearing day (object)" {
        sitting_day: Text<'a>,
        is_cancelled: Flag,
    }

    /// What became of a trial.
    struct TrialType = "a trial type (object)" {
        id: Text<'a>,
        description: Text<'a>,
        #[serde(rename = "type")]
        kind: Text<'a>,
        date: Text<'a>,
    }

    /// A prosecution case.
    struct Case = "a prosecution case (object)" {
        id: Text<'a>,
        prosecution_case_identifier: CaseIdentifier<'a>,
        case_markers: List<Marker<'a>>,
        defendants: List<Defendant<'a>>,
    }

    /// What a case is known by.
    struct CaseIdentifier = "a case identifier (object)" {
        #[serde(rename = "caseURN")]
        case_urn: Text<'a>,
        prosecution_authority_reference: Text<'a>,
        prosecution_authority_code: Text<'a>,
        #[serde(rename = "prosecutionAuthorityOUCode")]
        prosecution_authority_ou_code: Text<'a>,
    }

    /// A marker on a case.
    struct Marker = "a case marker (object)" {
        marker_type_description: Text<'a>,
    }

    /// A defendant in a case.
    struct Defendant = "a defendant (object)" {
        id: Text<'a>,
        master_defendant_id: Text<'a>,
        prosecution_case_id: Text<'a>,
        is_youth: Flag,
        proceedings_concluded: Flag,
        person_defendant: Option<PersonDefendant<'a>>,
        legal_entity_defendant: Option<LegalEntity<'a>>,
        offences: List<Offence<'a>>,
        judicial_results: List<JudicialResult<'a>>,
        defendant_case_judicial_results: List<JudicialResult<'a>>,
    }

    /// A defendant who is a person.
    struct PersonDefendant = "a person (object)" {
        person_details: PersonDetails<'a>,
        bail_status: BailStatus<'a>,
        bail_conditions: Text<'a>,
    }

    /// Who a person is.
    struct PersonDetails = "a person's details (object)" {
        first_name: Text<'a>,
        last_name: Text<'a>,
        date_of_birth: Text<'a>,
    }

    /// A remand status.
    struct BailStatus = "a bail status (object)" {
        code: Text<'a>,
    }

    /// A defendant that is an organisation.
    struct LegalEntity = "a legal entity (object)" {
        organisation: Named<'a>,
    }

    /// Anything of which only a name is read.
    struct Named = "an object with a name" {
        name: Text<'a>,
    }

    /// An offence.
    struct Offence = "an offence (object)" {
        id: Text<'a>,
        offence_code: Text<'a>,
        offence_title: Text<'a>,
        /// Said to the police alone.
        final_disposal: Flag,
        proceedings_concluded: Flag,
        plea: Option<Plea<'a>>,
        indicated_plea: Option<IndicatedPlea<'a>>,
        verdict: Option<Verdict<'a>>,
        judicial_results: List<JudicialResult<'a>>,
    }

    /// A plea.
    struct Plea = "a plea (object)" {
        offence_id: Text<'a>,
        plea_date: Text<'a>,
        plea_value: Text<'a>,
    }

    /// An indication of plea.
    struct IndicatedPlea = "an indicated plea (object)" {
        offence_id: Text<'a>,
        indicated_plea_date: Text<'a>,
        indicated_plea_value: Text<'a>,
    }

    /// A verdict.
    struct Verdict = "a verdict (object)" {
        offence_id: Text<'a>,
        verdict_date: Text<'a>,
        verdict_type: VerdictType<'a>,
    }

    /// Which verdict.
    struct VerdictType = "a verdict type (object)" {
        id: Text<'a>,
        category: Text<'a>,
        category_type: Text<'a>,
        description: Text<'a>,
    }

    /// A result for a defendant as a whole, beside the cases.
    struct DefendantResult = "a defendant's result (object)" {
        master_defendant_id: Text<'a>,
        defendant_id: Text<'a>,
        judicial_result: Option<JudicialResult<'a>>,
    }

    /// A judicial result.
    struct JudicialResult = "a judicial result (object)" {
        judicial_result_id: Text<'a>,
        judicial_result_type_id: Text<'a>,
        offence_id: Text<'a>,
        level: Text<'a>,
        cjs_code: Text<'a>,
        label: Text<'a>,
        category: Text<'a>,
        qualifier: Text<'a>,
        ordered_date: Text<'a>,
        result_text: Text<'a>,
        urgent: Flag,
        terminates_offence_proceedings: Flag,
        is_deleted: Flag,
        amendment_date: Text<'a>,
        amendment_reason: Text<'a>,
        amendment_reason_id: Text<'a>,
        judicial_result_prompts: List<JudicialPrompt<'a>>,
        next_hearing: Option<NextHearing<'a>>,
    }

    /// A prompt's answer.
    struct JudicialPrompt = "a result prompt (object)" {
        prompt_reference: Text<'a>,
        label: Text<'a>,
        value: Text<'a>,
        prompt_sequence: Text<'a>,
    }

    /// A hearing ordered.
    struct NextHearing = "a next hearing (object)" {
        #[serde(rename = "type")]
        kind: Described<'a>,
        court_centre: CourtCentre<'a>,
        jurisdiction_type: Text<'a>,
        listed_start_date_time: Text<'a>,
        week_commencing_date: Text<'a>,
        existing_hearing_id: Text<'a>,
    }

    /// An application.
    struct Application = "a court application (object)" {
        applicant: Party<'a>,
        subject: Party<'a>,
        respondents: List<Party<'a>>,
        plea: Option<Plea<'a>>,
        verdict: Option<Verdict<'a>>,
        judicial_results: List<JudicialResult<'a>>,
        court_application_cases: List<ApplicationCase<'a>>,
        court_order: Option<CourtOrder<'a>>,
    }

    /// Somebody in an application.
    struct Party = "a party to an application (object)" {
        master_defendant: Option<MasterDefendant<'a>>,
    }

    /// A defendant across cases.
    struct MasterDefendant = "a defendant (object)" {
        master_defendant_id: Text<'a>,
        is_youth: Flag,
        person_defendant: Option<PersonDefendant<'a>>,
        legal_entity_defendant: Option<LegalEntity<'a>>,
        defendant_case: List<DefendantCase<'a>>,
    }

    /// What a defendant across cases is called in one of them.
    struct DefendantCase = "a defendant's case (object)" {
        case_id: Text<'a>,
        defendant_id: Text<'a>,
    }

    /// A case that an application is made in.
    struct ApplicationCase = "an application's case (object)" {
        prosecution_case_id: Text<'a>,
        prosecution_case_identifier: CaseIdentifier<'a>,
        offences: List<Offence<'a>>,
    }

    /// The order that an application is about.
    struct CourtOrder = "a court order (object)" {
        master_defendant_id: Text<'a>,
        defendant_ids: List<Text<'a>>,
        court_order_offences: List<CourtOrderOffence<'a>>,
    }

    /// An offence for which the order was made, in its own case.
    struct CourtOrderOffence = "an order's offence (object)" {
        prosecution_case_id: Text<'a>,
        prosecution_case_identifier: CaseIdentifier<'a>,
        offence: Option<Offence<'a>>,
    }
}
