"""A service client: prints the open tasks of the unit in the order in which they are to be done, and why each is there.

    python worklist.py 127.0.0.1:7878 TOKEN [ASSIGNEE]

A token of a member of staff sees the reasons as well; a service's sees the list alone.
"""

import sys

import grpc

import refused
import stubs

stubs.make()
from usher.v1 import task_pb2  # noqa: E402
from usher.v1 import task_service_pb2 as tasks  # noqa: E402
from usher.v1 import task_service_pb2_grpc as tasks_grpc  # noqa: E402


def work(service, metadata, assignee=""):
    """Yields every open task, page by page."""
    token = ""
    while True:
        request = tasks.ListTasksRequest(assignee_id=assignee, page_size=100, page_token=token)
        page = service.ListTasks(request, metadata=metadata, timeout=10)
        yield from page.tasks
        token = page.next_page_token
        if not token:
            return


def why(service, metadata, task):
    """The reasons for a task as text; none where the caller may not ask."""
    try:
        request = tasks.ExplainTaskRequest(task_id=task.id)
        return service.ExplainTask(request, metadata=metadata, timeout=10).text
    except grpc.RpcError as error:
        if error.code() == grpc.StatusCode.PERMISSION_DENIED:
            return ""
        raise


def main(address, token, assignee=""):
    metadata = [("authorization", f"Bearer {token}")]
    with grpc.insecure_channel(address) as channel:
        service = tasks_grpc.TaskServiceStub(channel)
        for task in work(service, metadata, assignee):
            priority = task_pb2.Priority.Name(task.priority).removeprefix("PRIORITY_")
            due = task.due_at.ToDatetime().isoformat() if task.HasField("due_at") else task.waits_for
            print(priority, due, task.title, sep="\t")
            for line in why(service, metadata, task).splitlines():
                print("   ", line)


if __name__ == "__main__":
    try:
        main(*sys.argv[1:])
    except grpc.RpcError as error:
        sys.exit(refused.in_words(error, "the list is for a service's token, or one of the unit's people"))
