//! What serves, as people start it: the demo with its tokens, and the service from an empty folder on.

use super::{command, text, usher};
use serde_json::Value;
use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Stdio};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::time::{Duration, Instant};
use tonic::transport::{Channel, Endpoint};
use usher::grpc::access::tokens::TokenHash;
use usher::grpc::pb;
use usher::grpc::pb::intake_service_client::IntakeServiceClient;
use usher::grpc::pb::task_service_client::TaskServiceClient;

/// How long one waits for a line before the program counts as stuck: far more than it needs on a busy machine.
const PATIENCE: Duration = Duration::from_secs(120);

/// A program that serves, ended with the test.
struct Serving {
    child: Child,
    /// What it says on its standard error.
    lines: Receiver<String>,
}

impl Serving {
    fn start(folder: &Path, arguments: &[&str]) -> Self {
        let mut command = command(folder, arguments);
        command.stdout(Stdio::null()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let (said, lines) = mpsc::channel();
        let errors = BufReader::new(child.stderr.take().unwrap());
        std::thread::spawn(move || errors.lines().map_while(Result::ok).try_for_each(|line| said.send(line)));
        Self { child, lines }
    }

    /// The next line of its standard error in which this stands.
    #[track_caller]
    fn line_with(&mut self, wanted: &str) -> String {
        let until = Instant::now() + PATIENCE;
        loop {
            match self.lines.recv_timeout(until.saturating_duration_since(Instant::now())) {
                Ok(line) if line.contains(wanted) => return line,
                Ok(_) => {}
                Err(RecvTimeoutError::Disconnected) => panic!("it ended without saying {wanted:?}"),
                Err(RecvTimeoutError::Timeout) => panic!("it did not say {wanted:?} within {PATIENCE:?}"),
            }
        }
    }

    /// The same, of a log in JSON: its fields.
    #[track_caller]
    fn fields_with(&mut self, wanted: &str) -> Value {
        let line: Value = serde_json::from_str(&self.line_with(wanted)).unwrap();
        line["fields"].clone()
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

fn channel(address: &str) -> Channel {
    Endpoint::from_shared(format!("http://{address}")).unwrap().connect_lazy()
}

fn with<T>(bearer: &str, message: T) -> tonic::Request<T> {
    let mut request = tonic::Request::new(message);
    request.metadata_mut().insert("authorization", bearer.parse().unwrap());
    request
}

/// A court result that nobody can read.
fn unreadable() -> pb::RecordCourtResultRequest {
    pb::RecordCourtResultRequest { request_id: "r".into(), body: b"?".to_vec(), ..Default::default() }
}

#[tokio::test]
async fn the_demo_gives_a_token_to_a_feed_a_service_and_a_team_leader() {
    let place = tempfile::tempdir().unwrap();
    let mut demo = Serving::start(place.path(), &["demo", "--folder", "demo"]);
    let first = demo.line_with("the board: ");
    let address = first.rsplit("http://").next().unwrap().to_owned();
    let [feed, service, leader] = ["feed ", "service ", "team-leader "].map(|role| {
        let line = demo.line_with(role);
        format!("Bearer {}", line.split_whitespace().nth(1).unwrap())
    });
    let mut intake = IntakeServiceClient::new(channel(&address));
    intake.record_court_result(with(&feed, unreadable())).await.unwrap();
    let mut tasks = TaskServiceClient::new(channel(&address));
    let listed =
        tasks.list_tasks(with(&service, pb::ListTasksRequest::default())).await.unwrap().into_inner();
    let why = pb::ExplainTaskRequest { task_id: listed.tasks[0].id.clone() };
    assert!(!tasks.explain_task(with(&leader, why)).await.unwrap().into_inner().text.is_empty());
}

#[test]
fn a_first_start_is_told_everything_that_is_missing_at_once() {
    let place = tempfile::tempdir().unwrap();
    let documented = Path::new(env!("CARGO_MANIFEST_DIR")).join("config/usher.toml");
    let output = usher(place.path(), &["serve", "--config", documented.to_str().unwrap()]);
    assert_eq!(output.status.code(), Some(1));
    let said = text(&output.stderr);
    for wanted in ["unit.id", "usher migrate", "README.md"] {
        assert!(said.contains(wanted), "{wanted}: {said}");
    }
    assert_eq!(std::fs::read_dir(place.path()).unwrap().count(), 0, "nothing is made");
}

#[tokio::test]
async fn serve_with_migrate_makes_database_and_key_and_warns_of_a_token_of_nobody() {
    let place = tempfile::tempdir().unwrap();
    let id = "8f3d7c1e-0000-4000-8000-000000000001";
    let mut config = format!("[server]\nlisten = \"127.0.0.1:0\"\n[unit]\nid = \"{id}\"\n");
    for (name, more) in [("feed", String::new()), ("team-leader", format!("staff = \"{id}\"\n"))] {
        let hash = TokenHash::of(name).hex();
        config += &format!("[[tokens]]\nname = \"{name}\"\nhash = \"{hash}\"\nrole = \"{name}\"\n{more}");
    }
    std::fs::write(place.path().join("usher.toml"), config).unwrap();
    let mut serving = Serving::start(place.path(), &["serve", "--config", "usher.toml", "--migrate"]);
    assert_eq!(serving.fields_with("staff id")["token"], "team-leader");
    let address = serving.fields_with("callers are answered")["address"].as_str().unwrap().to_owned();
    assert!(place.path().join("usher.key").exists());
    // What is parked is told to the log by the id that the sender is told.
    let mut intake = IntakeServiceClient::new(channel(&address));
    let answer = intake.record_court_result(with("Bearer feed", unreadable())).await.unwrap().into_inner();
    assert_eq!(serving.fields_with("is parked")["event"], answer.receipt.unwrap().event_id);
}

#[test]
fn no_password_of_a_database_is_printed() {
    let place = tempfile::tempdir().unwrap();
    for address in ["postgres://usher:hush@127.0.0.1:1/usher", "mysql://usher:hush@127.0.0.1/usher"] {
        for arguments in [&["migrate"][..], &["explain", "--help"], &["bench", "--database", address]] {
            let output = command(place.path(), arguments).env("USHER_DATABASE", address).output().unwrap();
            let said = text(&output.stdout) + &text(&output.stderr);
            assert!(!said.contains("hush"), "{arguments:?}: {said}");
            if address.starts_with("mysql") && arguments == ["migrate"] {
                assert!(said.contains("no database address") && !said.contains("key"), "{said}");
            }
        }
    }
}
