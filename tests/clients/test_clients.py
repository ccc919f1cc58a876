"""The example clients of the README, against a running usher."""

import contextlib
import io
import pathlib
import subprocess
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parent))

import served  # noqa: E402


class Clients(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.served = cls.enterClassContext(served.Served())
        import feed
        import worklist

        cls.feed, cls.worklist = feed, worklist

    def test_a_feed_learns_what_became_of_each_body(self):
        with tempfile.TemporaryDirectory() as folder:
            files = {"broken.json": b'{"hearing": ', "nonsense.txt": b"nonsense", "empty.json": b""}
            for name, body in files.items():
                (pathlib.Path(folder) / name).write_bytes(body)
            paths = [str(pathlib.Path(folder) / name) for name in files]
            token = self.served.tokens["feed:court"]
            told = {pathlib.Path(name).name: outcome for name, outcome, _ in
                    self.feed.send(self.served.address, token, paths)}
            again = {pathlib.Path(name).name: outcome for name, outcome, _ in
                     self.feed.send(self.served.address, token, paths)}
        self.assertEqual(told, {"broken.json": "PARKED", "nonsense.txt": "PARKED", "empty.json": "REJECTED"})
        self.assertEqual(again["broken.json"], "DUPLICATE")

    def test_a_service_prints_the_work_of_the_unit(self):
        self.make_work()
        printed = io.StringIO()
        with contextlib.redirect_stdout(printed):
            self.worklist.main(self.served.address, self.served.tokens["staff:leader"])
        self.assertIn("P2", printed.getvalue())
        self.assertIn("by-hand", printed.getvalue())
        printed = io.StringIO()
        with contextlib.redirect_stdout(printed):
            self.worklist.main(self.served.address, self.served.tokens["service:worklist"])
        self.assertIn("P2", printed.getvalue())
        self.assertNotIn("by-hand", printed.getvalue())

    def test_a_token_that_may_not_make_the_call_is_told_so_in_a_line(self):
        for client, caller in [("feed.py", "service:worklist"), ("worklist.py", "feed:court")]:
            script = pathlib.Path(__file__).parent / client
            arguments = [sys.executable, script, self.served.address, self.served.tokens[caller], __file__]
            ended = subprocess.run(arguments, capture_output=True, text=True, check=False)
            self.assertEqual(ended.returncode, 1)
            self.assertIn("PERMISSION_DENIED", ended.stderr)
            self.assertNotIn("Traceback", ended.stderr)

    def make_work(self):
        """A team, a team leader and a task by hand, as a manager makes them."""
        import grpc
        from usher.v1 import pack_service_pb2 as packs
        from usher.v1 import pack_service_pb2_grpc as packs_grpc
        from usher.v1 import staff_pb2 as staff
        from usher.v1 import task_pb2
        from usher.v1 import task_service_pb2 as tasks
        from usher.v1 import task_service_pb2_grpc as tasks_grpc
        from usher.v1 import team_service_pb2 as teams
        from usher.v1 import team_service_pb2_grpc as teams_grpc

        metadata = self.served.metadata("staff:manager")
        with grpc.insecure_channel(self.served.address) as channel:
            team_service = teams_grpc.TeamServiceStub(channel)
            team = team_service.PutTeam(
                teams.PutTeamRequest(request_id="team", team=staff.Team(name="East")), metadata=metadata
            ).team
            self.assertTrue(team.id)
            pack = packs_grpc.PackServiceStub(channel).GetPack(packs.GetPackRequest(), metadata=metadata)
            self.assertTrue(pack.pack.hash)
            kinds = [file for file in pack.files.files if file.path == "kinds/court.yaml"]
            kind = next(line.split(":", 1)[1].strip() for line in kinds[0].content.decode().splitlines()
                        if line.strip().startswith("- task:"))
            tasks_grpc.TaskServiceStub(channel).CreateTask(
                tasks.CreateTaskRequest(
                    request_id="task", kind=kind, priority=task_pb2.PRIORITY_P2, words="ring the court"
                ),
                metadata=metadata,
            )


if __name__ == "__main__":
    unittest.main()
