//! Feeds for calendar programs: made, followed over plain HTTP, revoked.

use super::{Caller, Served, refused};
use crate::app::{case, defendant, officer, person, share, staff, trial};
use crate::database::on_both_databases;
use std::sync::Arc;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::{ClientConfig, RootCertStore};
use tonic::Code;
use tonic::transport::{Certificate, ClientTlsConfig, Endpoint};
use usher::domain::event::{NewParticipant, Payload, Subject};
use usher::domain::person::Role;
use usher::domain::staff::{Staff, StaffRole};
use usher::grpc::pb;
use usher::grpc::pb::create_feed_request::Shows;
use usher::store::Store;
use usher::store::audit;

/// Two cases whose trials are listed, the second care officer 2's; with a witness in each.
async fn listed(store: Store) -> Served {
    let served = Served::new(store).await;
    for (n, day) in [(1, "2026-11-25T10:00"), (2, "2026-12-24T14:00")] {
        let witness =
            NewParticipant { defendants: vec![defendant(1)], ..person(n, 1, Role::CivilianWitness) };
        let new = case(n, vec![witness]);
        served.app.open(usher::domain::event::NewCase { owner: Some(officer(n)), ..new }).await;
        served.app.share(share(n, vec![trial(day)])).await;
    }
    served
}

fn of(shows: Shows) -> pb::CreateFeedRequest {
    pb::CreateFeedRequest { request_id: "feed".into(), shows: Some(shows) }
}

fn own(n: u128) -> Shows {
    Shows::StaffId(officer(n).to_string())
}

async fn made(served: &Served, caller: Caller, shows: Shows) -> pb::CreateFeedResponse {
    served.diary(caller).create_feed(of(shows)).await.unwrap().into_inner()
}

/// What came over the line: the status, the headers in lower case, the body.
struct Answer {
    status: u16,
    headers: String,
    body: String,
}

impl Answer {
    fn header(&self, name: &str) -> &str {
        let line = self.headers.lines().find_map(|line| line.strip_prefix(&format!("{name}: ")));
        line.unwrap_or_else(|| panic!("no {name} among {}", self.headers))
    }
}

/// Asks as a calendar program does: over HTTP/1.1, with nothing but the address.
async fn follow(served: &Served, path: &str, header: &str) -> Answer {
    ask(TcpStream::connect(served.address()).await.unwrap(), path, header).await
}

async fn ask(mut line: impl AsyncRead + AsyncWrite + Unpin, path: &str, header: &str) -> Answer {
    let request = format!("GET {path} HTTP/1.1\r\nHost: usher.test\r\nConnection: close\r\n{header}\r\n");
    line.write_all(request.as_bytes()).await.unwrap();
    let mut bytes = Vec::new();
    line.read_to_end(&mut bytes).await.unwrap();
    let text = String::from_utf8(bytes).unwrap();
    let (head, body) = text.split_once("\r\n\r\n").unwrap();
    let (status, headers) = head.split_once("\r\n").unwrap_or((head, ""));
    let status = status.split(' ').nth(1).unwrap().parse().unwrap();
    Answer { status, headers: headers.to_lowercase(), body: body.replace("\r\n ", "") }
}

on_both_databases! {
    async fn a_feed_shows_references_courts_and_states_and_nobody(store: Store) {
        let served = listed(store).await;
        let made = made(&served, Caller::OFFICER, own(1)).await;
        let answer = follow(&served, &made.path, "").await;
        assert_eq!(answer.status, 200, "{}", answer.body);
        assert_eq!(answer.header("content-type"), "text/calendar; charset=utf-8");
        assert_eq!(answer.header("cache-control"), "private, no-cache");
        assert!(answer.body.contains("SUMMARY:52AB0000126: nobody is to be warned yet\r\n"), "{}", answer.body);
        assert!(answer.body.contains("DTSTART:20261125T100000Z\r\n") && answer.body.contains("LOCATION:Northgate\r\n"));
        for secret in ["First1", "Last1", "Fendant", "Theft", "52AB0000226"] {
            assert!(!answer.body.contains(secret), "{secret}: {}", answer.body);
        }
    }

    async fn a_team_or_a_court_is_followed_in_the_same_way(store: Store) {
        let served = listed(store).await;
        for (request_id, shows, events) in [
            ("team", Shows::TeamId(crate::app::team().to_string()), 4),
            ("court", Shows::CourtCode("B52NG00".into()), 4),
            ("another", Shows::CourtCode("B01XX00".into()), 0),
        ] {
            let ask = pb::CreateFeedRequest { request_id: request_id.into(), shows: Some(shows) };
            let made = served.diary(Caller::LEADER).create_feed(ask).await.unwrap().into_inner();
            let answer = follow(&served, &made.path, "").await;
            assert_eq!(answer.body.matches("BEGIN:VEVENT").count(), events, "{}", answer.body);
        }
    }

    async fn what_has_not_changed_is_not_sent_again(store: Store) {
        let served = listed(store).await;
        let made = made(&served, Caller::OFFICER, own(1)).await;
        let first = follow(&served, &made.path, "").await;
        let known = format!("If-None-Match: {}\r\n", first.header("etag"));
        let again = follow(&served, &made.path, &known).await;
        assert_eq!((again.status, again.body.as_str()), (304, ""));
        served.app.share(share(1, vec![trial("2026-11-26T10:00")])).await;
        let mention = usher::domain::court::Share {
            hearing: usher::domain::ids::CourtHearingId(uuid::Uuid::from_u128(0x4999)),
            hearing_type: "Mention".into(),
            day: "2026-11-20".parse().unwrap(),
            shared_at: crate::app::at("2026-11-20T08:30"),
            ..share(1, vec![trial("2026-11-30T10:00")])
        };
        served.app.share(mention.canonical()).await;
        assert_eq!(follow(&served, &made.path, &known).await.status, 200);
    }

    async fn a_feed_that_is_revoked_or_was_never_made_is_a_page_that_is_not_there(store: Store) {
        let served = listed(store).await;
        let made = made(&served, Caller::OFFICER, own(1)).await;
        let revoke = pb::RevokeFeedRequest {
            request_id: "revoke".into(),
            feed_id: made.feed.as_ref().unwrap().id.clone(),
        };
        let revoked = served.diary(Caller::OFFICER).revoke_feed(revoke).await.unwrap().into_inner();
        assert!(revoked.feed.unwrap().revoked_at.is_some());
        let unknown = made.path.replace("usher_", "usher_0");
        let without_ending = made.path.replace(".ics", "");
        for path in [&made.path, &unknown, &without_ending, "/feeds/a/b.ics"] {
            let answer = follow(&served, path, "").await;
            assert_eq!((answer.status, answer.body.as_str()), (404, "there is no such feed\n"), "{path}");
        }
    }

    async fn a_feed_ends_with_whoever_made_it(store: Store) {
        let served = listed(store).await;
        let made = made(&served, Caller::OFFICER, Shows::CourtCode("B52NG00".into())).await;
        let left_at = Some(served.app.clock.now());
        let leaves = Staff { left_at, version: 1, ..staff(1, StaffRole::CareOfficer) };
        served.app.record(Subject::Desk, Payload::StaffPut { staff: Box::new(leaves) }).await.unwrap();
        assert_eq!(follow(&served, &made.path, "").await.status, 404);
    }

    async fn a_token_is_shown_once_and_its_digest_alone_is_kept(store: Store) {
        let served = listed(store).await;
        let first = made(&served, Caller::OFFICER, own(1)).await;
        let again = made(&served, Caller::OFFICER, own(1)).await;
        assert_eq!((again.path.as_str(), again.feed), ("", first.feed.clone()));
        assert_eq!(follow(&served, &first.path, "").await.status, 200);
        let other = served.diary(Caller::OFFICER).create_feed(of(Shows::CourtCode("B52NG00".into()))).await;
        refused(other, Code::AlreadyExists, "REQUEST_ID_REUSED");
    }

    async fn a_care_officer_follows_no_colleague_and_sees_no_colleagues_feeds(store: Store) {
        let served = listed(store).await;
        let theirs = served.diary(Caller::OFFICER).create_feed(of(own(2))).await;
        refused(theirs, Code::PermissionDenied, "ROLE_FORBIDS");
        let made = made(&served, Caller::COLLEAGUE, own(2)).await;
        let id = made.feed.unwrap().id;
        let list = |caller| {
            let served = &served;
            async move { served.diary(caller).list_feeds(pb::ListFeedsRequest::default()).await.unwrap().into_inner().feeds }
        };
        assert_eq!((list(Caller::OFFICER).await.len(), list(Caller::LEADER).await.len()), (0, 1));
        let revoke = pb::RevokeFeedRequest { request_id: "revoke".into(), feed_id: id };
        refused(served.diary(Caller::OFFICER).revoke_feed(revoke.clone()).await, Code::NotFound, "NOT_HELD");
        served.diary(Caller::LEADER).revoke_feed(revoke).await.unwrap();
        assert_eq!(list(Caller::LEADER).await.len(), 0);
    }

    async fn each_time_that_a_feed_is_asked_for_is_a_disclosure(store: Store) {
        let served = listed(store.clone()).await;
        let made = made(&served, Caller::OFFICER, own(1)).await;
        follow(&served, &made.path, "").await;
        let id: uuid::Uuid = made.feed.unwrap().id.parse().unwrap();
        let filter = audit::Filter { subject: Some(id), ..audit::Filter::default() };
        let feed = audit::list(&store, crate::app::unit().id, &filter, None, 100).await.unwrap();
        assert_eq!(feed.len(), 1, "{feed:?}");
        let entry = &feed[0];
        let said = (entry.actor.as_str(), entry.verb.as_str(), entry.subject_kind.as_str(), entry.count);
        assert_eq!(said, (format!("feed:{id}").as_str(), "disclose", "diary entries", 2));
    }
}

on_both_databases! {
    async fn behind_tls_calls_come_over_http_2_and_feeds_over_either(store: Store) {
        let made = rcgen::generate_simple_self_signed(vec!["localhost".to_owned()]).unwrap();
        let folder = tempfile::tempdir().unwrap();
        let (certificate, key) = (folder.path().join("certificate.pem"), folder.path().join("key.pem"));
        std::fs::write(&certificate, made.cert.pem()).unwrap();
        std::fs::write(&key, made.signing_key.serialize_pem()).unwrap();
        let settings = usher::grpc::settings::Settings {
            tls_certificate: Some(certificate),
            tls_key: Some(key),
            ..Default::default()
        };
        let served = Served::with(store, settings).await;
        let mut roots = RootCertStore::empty();
        roots.add(made.cert.der().clone()).unwrap();
        let config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()));
        let config = config.with_safe_default_protocol_versions().unwrap();
        let mut config = config.with_root_certificates(roots).with_no_client_auth();
        config.alpn_protocols = vec![b"http/1.1".to_vec()];
        let connector = TlsConnector::from(Arc::new(config));
        let line = TcpStream::connect(served.address()).await.unwrap();
        let line = connector.connect("localhost".try_into().unwrap(), line).await.unwrap();
        assert_eq!(ask(line, "/feeds/unknown.ics", "").await.status, 404);
        let tls = ClientTlsConfig::new()
            .ca_certificate(Certificate::from_pem(made.cert.pem()))
            .domain_name("localhost");
        let endpoint = Endpoint::from_shared(format!("https://{}", served.address())).unwrap();
        let channel = endpoint.tls_config(tls).unwrap().connect().await.unwrap();
        let mut nobody = pb::diary_service_client::DiaryServiceClient::new(channel);
        let answer = nobody.list_feeds(pb::ListFeedsRequest::default()).await;
        refused(answer, Code::Unauthenticated, "CREDENTIALS_MISSING");
    }
}
