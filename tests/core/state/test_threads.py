"""Births, programs and ends of threads."""

from __future__ import annotations

from recording import START, STEP, Recording, comm_at, listed

CLONE_FILES, CLONE_THREAD = 1, 8192
WITHOUT_CLONE = {"fdlimit": 1024, "uid": 7, "gid": 8, "comm": "sh", "cgroups": ["cpu=/"]}


def fork(recording: Recording, parent: int, child: int, **more: object) -> int:
    values = {**WITHOUT_CLONE, "exe": "sh", "args": [], "flags": 0, **more}
    pid = values.pop("pid", child)
    recording.event("clone", ">", parent)
    row = recording.event(
        "clone", "<", parent, res=child, tid_=parent, pid=parent, ptid=1, vtid=parent, vpid=parent, **values
    )
    recording.event(
        "clone", "<", child, res=0, tid_=child, pid=pid, ptid=parent, vtid=child, vpid=pid, **values
    )
    return row


def execute(recording: Recording, tid: int, program: str, **more: object) -> int:
    return recording.call(
        "execve", tid, {"filename": f"/bin/{program}"}, res=0, exe=program, args=["-v"], tid_=tid, pid=tid,
        ptid=100, comm=program, env=["A=1"], fdlimit=1024, cgroups=["cpu=/"], **more,
    )  # fmt: skip


def test_a_child_inherits_from_its_parent_and_runs_another_program() -> None:
    recording = Recording()
    born = fork(recording, 100, 300)
    before = recording.event("close", ">", 300, fd=9)
    changed = execute(recording, 300, "curl")
    after = recording.event("close", ">", 300, fd=9)
    store = recording.store()

    threads = store.threads
    child = int(store.thread[before])
    assert comm_at(store, before) == "sh"
    assert comm_at(store, changed) == comm_at(store, after) == "curl"
    assert threads.cwd[child] == "/home/"
    assert threads.ptid[child] == 100
    assert threads.born[child] == born
    assert threads.born_time[child] == START + (born + 1) * STEP
    assert threads.uid[child] == 7
    assert threads.parent[child] == threads.process[store.thread_at(100, 0)]
    assert threads.life[child] == threads.life[int(store.thread[after])]
    assert threads.args[int(store.thread[after])] == ("-v",)
    assert threads.exepath[int(store.thread[after])] == "/bin/curl"


def test_a_failed_execve_changes_nothing() -> None:
    recording = Recording()
    recording.call("execve", 200, {"filename": "/none"}, res=-2, exe="none", comm="none")
    after = recording.event("close", ">", 200, fd=1)
    store = recording.store()

    assert comm_at(store, after) == "srv"


def test_the_end_is_seen_by_its_own_event_and_by_no_later_one() -> None:
    recording = Recording()
    end = recording.event("procexit", ">", 200, status=0)
    after = recording.event("close", ">", 200, fd=1)
    store = recording.store()

    assert comm_at(store, end) == "srv"
    assert store.threads.died[int(store.thread[end])] == end
    assert comm_at(store, after) == "<NA>"
    assert store.thread_life[after] != store.thread_life[end]


def test_a_tid_used_again_is_another_life() -> None:
    recording = Recording()
    fork(recording, 100, 300)
    first = recording.event("procexit", ">", 300, status=0)
    fork(recording, 100, 300, comm="again")
    second = recording.event("close", ">", 300, fd=1)
    store = recording.store()

    assert store.thread_life[first] != store.thread_life[second]
    assert comm_at(store, second) == "again"
    assert store.rows_of_thread_life(int(store.thread_life[second]))[-1] == second


def test_a_thread_shares_process_and_descriptors() -> None:
    recording = Recording()
    fork(recording, 200, 201, pid=200, flags=CLONE_FILES | CLONE_THREAD)
    opened = recording.call("open", 201, {}, fd=5, name="/tmp/x", flags=1)
    used = recording.call("read", 200, {"fd": 5, "size": 10}, res=3, data=b"abc")
    store = recording.store()

    assert store.process[opened] == store.process[used]
    assert store.thread_life[opened] != store.thread_life[used]
    assert store.descriptors.name[int(store.descriptor[used])] == "/tmp/x"
    assert store.rows_of_process(int(store.process[used])).tolist()[-1] == used


def test_a_forked_child_has_copies_that_it_closes_alone() -> None:
    recording = Recording()
    recording.call("open", 100, {}, fd=5, name="/tmp/x", flags=1)
    fork(recording, 100, 300)
    recording.call("close", 300, {"fd": 5}, res=0)
    child = recording.event("read", ">", 300, fd=5, size=1)
    parent = recording.event("read", ">", 100, fd=5, size=1)
    store = recording.store()

    assert store.descriptor[child] == -1
    assert store.descriptors.name[int(store.descriptor[parent])] == "/tmp/x"
    copies = [row for row in range(len(store.descriptors)) if store.descriptors.origin[row] >= 0]
    assert [store.descriptors.name[row] for row in copies] == ["/tmp/x"]


def test_a_child_gone_before_its_parents_call_came_back_is_not_made_again() -> None:
    recording = Recording()
    values = {**WITHOUT_CLONE, "exe": "sh", "args": [], "flags": 0}
    recording.event("vfork", ">", 100)
    recording.event("vfork", "<", 300, res=0, tid_=300, pid=300, ptid=100, vtid=300, vpid=300, **values)
    recording.event("procexit", ">", 300, status=0)
    recording.event("vfork", "<", 100, res=300, tid_=100, pid=100, ptid=1, vtid=100, vpid=100, **values)
    late = recording.event("close", ">", 100, fd=1)
    store = recording.store()

    assert store.thread_at(300, late) == -1


def test_an_unknown_thread_has_one_placeholder_from_its_first_event_on() -> None:
    recording = Recording()
    first = recording.event("read", ">", 999, fd=3, size=1)
    second = recording.event("read", "<", 999, res=0, data=b"")
    store = recording.store()

    assert store.thread[first] == store.thread[second] != -1
    assert comm_at(store, first) == "<NA>"
    assert store.threads.uid[int(store.thread[first])] == 0xFFFFFFFF


def test_directories_and_users_change_with_the_events_that_say_so() -> None:
    recording = Recording()
    recording.call("chdir", 200, {}, res=0, path="sub/../other")
    recording.call("setuid", 200, {"uid": 1000}, res=0)
    row = recording.call("open", 200, {}, fd=4, name="file", flags=1)
    store = recording.store()

    thread = int(store.thread[row])
    assert store.threads.cwd[thread] == "/home/other/"
    assert store.threads.uid[thread] == 1000
    assert store.threads.uid[store.thread_at(200, 0)] == 0
    assert store.descriptors.name[int(store.descriptor[row])] == "/home/other/file"


def test_a_main_thread_outlives_its_exit_while_others_run() -> None:
    recording = Recording([listed(200, "srv"), listed(201, "srv", pid=200, ptid=1, flags=CLONE_FILES)])
    recording.event("procexit", ">", 200, status=0)
    row = recording.event("close", ">", 201, fd=1)
    store = recording.store()

    assert store.thread_at(200, row) >= 0
    assert store.process[row] == store.threads.life[store.thread_at(200, row)]
