//! Open clocks under another calendar: a bank holiday that is proclaimed moves what is due, and what it was is kept.

use crate::app::{App, case, enhanced, person, share, unit};
use crate::database::on_both_databases;
use crate::grpc::result;
use usher::domain::duty::DutyState;
use usher::domain::ids::CaseId;
use usher::domain::london;
use usher::domain::person::Role;
use usher::engine::found;
use usher::engine::rulesets::Ruleset;
use usher::pack_files;
use usher::rules::pack::Pack;
use usher::store::Store;

/// The pack that comes with usher, with Monday 23 November 2026 a bank holiday.
fn with_a_holiday() -> Pack {
    let mut files = pack_files::embedded();
    let calendar = files.get_mut("calendar.json").unwrap();
    let first = calendar.find("\"events\": [").unwrap() + "\"events\": [".len();
    let holiday = r#"{"title": "Proclaimed", "date": "2026-11-23", "notes": "", "bunting": false},"#;
    calendar.insert_str(first, holiday);
    Pack::load(files).unwrap_or_else(|faults| panic!("{faults}")).0
}

async fn told_by(app: &App, id: CaseId) -> Vec<String> {
    let state = app.case(id).await;
    let open = state.duties.iter().filter(|duty| duty.state == DutyState::Open);
    let mut days: Vec<String> =
        open.filter_map(|duty| duty.due_at).map(|due| london::date(due).to_string()).collect();
    days.dedup();
    days
}

async fn proclaim(app: &App) {
    let ruleset = Ruleset::new(with_a_holiday()).unwrap();
    app.engine.rulesets().hold(ruleset.clone());
    found::found(app.engine.store(), &unit(), &ruleset, app.clock.now()).await.unwrap();
}

on_both_databases! {
    async fn a_holiday_that_is_proclaimed_moves_what_is_due_and_keeps_what_it_was(store: Store) {
        let app = App::new(store).await;
        let id = app.open(case(1, vec![enhanced(person(1, 1, Role::Victim))])).await;
        app.share(share(1, vec![result("1015")])).await;
        app.tick().await;
        assert_eq!(told_by(&app, id).await, ["2026-11-23"], "a working day after Friday");
        proclaim(&app).await;
        app.tick().await;
        assert_eq!(told_by(&app, id).await, ["2026-11-24"], "Monday is no working day now");
        let state = app.case(id).await;
        let duty = state.duties.iter().find(|duty| duty.state == DutyState::Open).unwrap();
        assert_eq!(duty.moved.len(), 1);
        assert_eq!(duty.moved[0].due_was.map(london::date).unwrap().to_string(), "2026-11-23");
        let task = state.tasks.iter().find(|task| Some(task.id) == duty.task).unwrap();
        assert_eq!((task.due_at, task.moved.len()), (duty.due_at, 1), "its task goes with it");
    }
}

on_both_databases! {
    async fn clocks_are_counted_once_under_a_pack(store: Store) {
        let app = App::new(store).await;
        let id = app.open(case(1, vec![enhanced(person(1, 1, Role::Victim))])).await;
        app.share(share(1, vec![result("1015")])).await;
        proclaim(&app).await;
        app.tick().await;
        app.restarted().tick().await;
        let state = app.case(id).await;
        let moved: Vec<usize> = state.duties.iter().map(|duty| duty.moved.len()).collect();
        assert!(!moved.is_empty() && moved.iter().all(|times| *times == 1), "{moved:?}");
        // Back under the pack of before, they are as they were.
        let old = Ruleset::new(Pack::load(pack_files::embedded()).unwrap().0).unwrap();
        found::found(app.engine.store(), &unit(), &old, app.clock.now()).await.unwrap();
        app.tick().await;
        assert_eq!(told_by(&app, id).await, ["2026-11-23"]);
    }
}
