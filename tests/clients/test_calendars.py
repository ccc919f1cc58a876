"""What usher writes for calendars, as another program's parser reads it: entries that go by mail, and a feed."""

import datetime
import email
import email.policy
import pathlib
import sys
import time
import unittest
import urllib.error
import urllib.request
import uuid
import zoneinfo

sys.path.insert(0, str(pathlib.Path(__file__).parent))

import icalendar  # noqa: E402

import served  # noqa: E402

LONDON = zoneinfo.ZoneInfo("Europe/London")
URN = "52AB0000126"
SECRETS = ["Marlow", "Quill", "Vane", "Theft", "4321"]


def in_days(days):
    """10:00 in London on the Monday after so many days."""
    day = datetime.datetime.now(LONDON).date() + datetime.timedelta(days=days)
    day += datetime.timedelta(days=-day.weekday() % 7)
    return datetime.datetime.combine(day, datetime.time(10), LONDON)


class Calendars(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.served = cls.enterClassContext(served.Served())
        import stubs

        stubs.make()

    def stub(self, service, caller):
        """A service's calls with a caller's token."""
        import importlib

        import grpc

        module = importlib.import_module(f"usher.v1.{service}_service_pb2_grpc")
        channel = self.enterContext(grpc.insecure_channel(self.served.address))
        client = getattr(module, f"{service.capitalize()}ServiceStub")(channel)
        metadata = self.served.metadata(caller)
        return lambda call, request: getattr(client, call)(request, metadata=metadata)

    def record(self, **payload):
        from usher.v1 import event_pb2, intake_service_pb2 as intake

        if "hearing_resulted" not in payload:
            payload["case_id"] = self.case
        request = intake.RecordEventRequest(request_id=str(uuid.uuid4()), event=event_pb2.Event(**payload))
        return self.stub("intake", "service:worklist")("RecordEvent", request)

    def share(self, hearing_type, trial):
        """A court's share of a hearing today, which lists the trial."""
        from usher.v1 import court_pb2 as court
        from usher.v1 import event_pb2, hearing_pb2 as hearing

        when = hearing.When()
        when.at.FromDatetime(trial)
        place = hearing.Court(code="B52NG00", name="Northgate; the old hall, court 3")
        defendant, offence = (str(uuid.UUID(int=n)) for n in (0xD1, 0x0F1))
        share = court.Share(
            feed=court.FEED_MANUAL,
            court_hearing_id=str(uuid.uuid4()),
            day=datetime.datetime.now(LONDON).date().isoformat(),
            jurisdiction=hearing.JURISDICTION_MAGISTRATES,
            hearing_type=hearing_type,
            court=place,
            cases=[court.CaseShare(
                court_case_id=str(uuid.UUID(int=0x51)),
                urn=URN,
                defendants=[court.Defendant(
                    id=defendant,
                    person=court.DefendantPerson(first_name="Dee", last_name="Vane"),
                    offences=[court.Offence(id=offence, code="TH68001", title="Theft")],
                )],
                lines=[court.ResultLine(
                    line=court.LINE_NEXT_HEARING,
                    defendant_id=defendant,
                    offence_id=offence,
                    label="Next hearing",
                    next_hearing=court.NextHearing(hearing_type="Trial", court=place, when=when),
                )],
            )],
        )
        share.shared_at.FromDatetime(datetime.datetime.now(datetime.timezone.utc))
        self.record(hearing_resulted=event_pb2.HearingResulted(share=share))

    def arrived(self, count):
        """The calendar entries that have been mailed, by address, once there are so many."""
        deadline = time.monotonic() + 30
        while True:
            mails = [email.message_from_bytes(file.read_bytes(), policy=email.policy.default)
                     for file in sorted(self.served.outbox.glob("**/*.eml"))]
            found = []
            for mail in mails:
                for part in mail.iter_attachments():
                    if part.get_content_type() == "text/calendar":
                        found.append((mail["To"], part.get_param("method"), part.get_payload(decode=True)))
            if len(found) >= count or time.monotonic() > deadline:
                self.assertEqual(len(found), count)
                return found
            time.sleep(0.2)

    def test_warnings_moves_and_cancellations_are_read_by_another_parser_and_so_is_the_feed(self):
        first, second = in_days(40), in_days(60)
        self.open_case()
        from usher.v1 import event_pb2

        self.share("First hearing", first)
        witness = event_pb2.RequiredWitness(participant_id=self.witness)
        self.record(witnesses_required=event_pb2.WitnessesRequired(witnesses=[witness]))
        self.arrived(2)
        self.feed_shows(first)
        self.share("Mention", second)
        self.arrived(4)
        self.record(trial_taken_out=event_pb2.TrialTakenOut(reason="late-guilty-plea"))
        by_address = {}
        for address, method, body in self.arrived(6):
            for secret in SECRETS:
                self.assertNotIn(secret.encode(), body)
            self.assertTrue(all(len(line) <= 75 for line in body.split(b"\r\n")))
            calendar = icalendar.Calendar.from_ical(body)
            self.assertEqual(str(calendar["METHOD"]), method)
            (event,) = calendar.walk("VEVENT")
            self.assertEqual(event.errors, [])
            self.assertEqual(str(event["SUMMARY"]), f"Court attendance: {URN}")
            self.assertEqual(str(event["LOCATION"]), "Northgate; the old hall, court 3")
            self.assertEqual(str(event["ORGANIZER"]), "mailto:care@unit.example")
            self.assertEqual(str(event["ATTENDEE"]), f"mailto:{address}")
            self.assertIn(event["DTSTART"].dt, (first, second))
            self.assertEqual(event["DTSTART"].dt.utcoffset(), datetime.timedelta(0))
            by_address.setdefault(address, []).append((int(event["SEQUENCE"]), method, event))
        self.assertEqual(sorted(by_address), ["marlow@police.example", "roster@police.example"])
        for versions in by_address.values():
            versions.sort(key=lambda version: version[0])
            self.assertEqual([method for _, method, _ in versions], ["REQUEST", "REQUEST", "CANCEL"])
            self.assertEqual(len({sequence for sequence, _, _ in versions}), 3)
            self.assertEqual(len({str(event["UID"]) for _, _, event in versions}), 1)
            self.assertEqual(versions[1][2]["DTSTART"].dt, second)
            self.assertEqual(str(versions[2][2]["STATUS"]), "CANCELLED")

    def feed_shows(self, trial):
        """A feed of the court, followed as a calendar program does, shows what sat and the trial, and no name."""
        from usher.v1 import diary_service_pb2 as diary

        call = self.stub("diary", "staff:manager")
        feed = call("CreateFeed", diary.CreateFeedRequest(request_id="feed", court_code="B52NG00"))
        address = f"http://{self.served.address}{feed.path}"
        with urllib.request.urlopen(address) as answer:
            self.assertEqual(answer.headers["Content-Type"], "text/calendar; charset=utf-8")
            body, tag = answer.read(), answer.headers["ETag"]
        for secret in SECRETS:
            self.assertNotIn(secret.encode(), body)
        events = icalendar.Calendar.from_ical(body).walk("VEVENT")
        self.assertEqual([event.errors for event in events], [[], []])
        self.assertIn(trial, [event["DTSTART"].dt for event in events])
        for event in events:
            self.assertTrue(str(event["SUMMARY"]).startswith(URN))
        with self.assertRaises(urllib.error.HTTPError) as unchanged:
            urllib.request.urlopen(urllib.request.Request(address, headers={"If-None-Match": tag}))
        self.assertEqual(unchanged.exception.code, 304)
        call("RevokeFeed", diary.RevokeFeedRequest(request_id="revoke", feed_id=feed.feed.id))
        with self.assertRaises(urllib.error.HTTPError) as gone:
            urllib.request.urlopen(address)
        self.assertEqual(gone.exception.code, 404)

    def open_case(self):
        """A case with a police witness whom a resource team rosters."""
        from usher.v1 import case_pb2 as case
        from usher.v1 import case_service_pb2 as cases
        from usher.v1 import contact_pb2 as contact
        from usher.v1 import directory_service_pb2 as directory
        from usher.v1 import person_pb2 as person

        team = self.stub("directory", "staff:manager")("PutContact", directory.PutContactRequest(
            request_id="roster",
            entry=contact.DirectoryEntry(
                kind=contact.DIRECTORY_KIND_RESOURCE_TEAM, name="Roster", email="roster@police.example"
            ),
        )).entry
        opened = self.stub("case", "service:worklist")("OpenCase", cases.OpenCaseRequest(
            request_id="case",
            case=case.NewCase(
                references=[case.Reference(kind=case.REFERENCE_KIND_URN, value=URN)],
                phase=case.PHASE_POST_CHARGE,
                risk=case.RISK_LOW,
                participants=[person.NewParticipant(
                    identity=person.Identity(
                        first_name="Quill", last_name="Marlow", email="marlow@police.example"
                    ),
                    roles=[person.ROLE_POLICE_WITNESS],
                    collar="4321",
                    resource_team_id=team.id,
                )],
            ),
        ))
        self.case, self.witness = opened.case.id, opened.participants[0].id


if __name__ == "__main__":
    unittest.main()
