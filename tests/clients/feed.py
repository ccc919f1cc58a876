"""A feed: sends court results to usher, one stream for all, and prints what became of each.

    python feed.py 127.0.0.1:7878 TOKEN FILE...

The stubs are made from proto/ by grpcio-tools: see stubs.py. A file keeps its request_id (its name), so a broken line is
mended by sending everything again: what was taken before is answered as a duplicate.
"""

import pathlib
import sys

import grpc

import refused
import stubs

stubs.make()
from usher.v1 import intake_service_pb2 as intake  # noqa: E402
from usher.v1 import intake_service_pb2_grpc as intake_grpc  # noqa: E402
from usher.v1 import receipt_pb2 as receipt  # noqa: E402


def send(address, token, files):
    """Yields the name of each file with what became of it, as usher acknowledges them."""
    names = dict(enumerate(files, start=1))

    def items():
        for sequence, file in names.items():
            path = pathlib.Path(file)
            yield intake.RecordCourtResultsRequest(
                sequence=sequence, request_id=path.name, body=path.read_bytes()
            )

    with grpc.insecure_channel(address) as channel:
        service = intake_grpc.IntakeServiceStub(channel)
        metadata = [("authorization", f"Bearer {token}")]
        for answer in service.RecordCourtResults(items(), metadata=metadata, timeout=60):
            outcome = receipt.Outcome.Name(answer.outcome).removeprefix("OUTCOME_")
            reasons = [case.reason for case in answer.receipt.cases if case.reason]
            if answer.HasField("refusal"):
                reasons = [answer.refusal.message]
            yield names[answer.sequence], outcome, "; ".join(reasons)


if __name__ == "__main__":
    try:
        for name, outcome, why in send(sys.argv[1], sys.argv[2], sys.argv[3:]):
            print(name, outcome, why, sep="\t")
    except grpc.RpcError as error:
        sys.exit(refused.in_words(error, "court results are sent with a feed's token"))
