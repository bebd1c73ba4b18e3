"""What the codes of errors mean: why a command, the supervisor or the store refused; not findings.

Findings of gates are told by `readiness`, reasons of a rollout by `meanings`.
"""

from __future__ import annotations

from typing import Final

_AGAIN = "Run the same command again; it goes on where it was."
_ASKED = "See the command's --help; the message names what is near."
_HISTORY = "Fetch the whole history: git fetch --unshallow."
_MEND = "Mend the repository: git fsck."
_BACKUP = "Restore the state folder from a backup, or move it away to start anew."
_FOLDER = "Give a folder of your own: XDG_STATE_HOME, XDG_RUNTIME_DIR."
_REPORT = "A defect of tierline or of two versions of it at once: tierline down, then again."
_DIARY = "See supervisor.log in the state folder; then run the same command again."
_REPLAN = "Make it again: tierline plan SELECTION -o FILE."
_STATUS = "See what is: tierline status."
_NAME_IT = "Name a mesh's folder with --root-path, or make a mesh: tierline init."

ERRORS: Final[dict[str, tuple[str, str]]] = {
    "apply/busy": ("The cluster had no time for it", _AGAIN),
    "apply/conflict": (
        "Another manager holds fields of the object",
        "Let it give them up, or allow take_over in the policy file.",
    ),
    "apply/forbidden": ("The cluster does not let us", "Grant the rights of docs/kubernetes.md."),
    "apply/invalid": ("The cluster refuses the manifest", "Correct what its message names."),
    "apply/moved": ("Somebody else changed the object meanwhile", _AGAIN),
    "apply/no-place": (
        "The namespace or kind is not there",
        "Make it, or correct the policy file.",
    ),
    "apply/quota": ("A quota of the namespace is used up", "Raise it, or free something."),
    "cluster/certificate": (
        "The cluster's certificate is not trusted",
        "Name its authority in the kubeconfig.",
    ),
    "cluster/exec-plugin": (
        "The kubeconfig asks a program for credentials",
        "Allow exec_plugins in the policy file, or take another user.",
    ),
    "cluster/kubeconfig": ("The kubeconfig cannot be used", "Correct what the message names."),
    "cluster/no-namespace": ("The namespace is not there", "Make it: tierline makes none."),
    "cluster/refused": ("The cluster refused", "Grant the rights of docs/kubernetes.md."),
    "cluster/silent": ("The cluster does not answer", _AGAIN),
    "image/no-source": (
        "Nobody says what an image was built from",
        "Say it in the map of images, or label the image with its revision.",
    ),
    "image/not-pinned": ("An image may change under its tag", "Give its digest: --images FILE."),
    "image/registry-silent": (
        "The registry does not say which image it is",
        "See its message; or give the image by digest: --images FILE.",
    ),
    "image/registry": (
        "The image is of a registry that nobody trusts",
        "Take one of the policy file's [trust] registries.",
    ),
    "lease/busy": ("Others ask for the lease at this moment", _AGAIN),
    "manifest/kind": ("tierline does not apply such objects", "Apply it by other means."),
    "manifest/namespace": (
        "The manifest names another namespace",
        "Leave metadata.namespace out: the policy file says where.",
    ),
    "manifest/no-workload": ("No object runs the service", "Write a Deployment of it."),
    "manifest/none": ("Nothing says how it is deployed", "Write deploy/k8s."),
    "manifest/overlay": (
        "The environment's overlay cannot be built",
        "Correct what its message names: kubectl kustomize environments/k8s/overlays/NAME.",
    ),
    "usage/format": ("The command has no such form", _ASKED),
    "manifest/secret": ("A Secret lies in the mesh", "Make it in the cluster and refer to it."),
    "manifest/twice": ("One object is there twice", "Keep one of the two."),
    "manifest/unread": ("A manifest cannot be read", "Correct it: tierline check."),
    "usage/images": ("The map of images cannot be used", "Correct what the message names."),
    "usage/issue": ("The ledger does not take that", "See the ids: tierline issues --all."),
    "usage/file": ("The file is somebody else's", "Name another file."),
    "skill/differs": ("Another skill lies there", "Replace it: tierline skill install --force."),
    "usage/since": ("Contracts cannot be compared with several references", _ASKED),
    "approval/unusable": (
        "The file is no approval",
        "Ask the approver for it again: tierline approve PLAN -o FILE.",
    ),
    "approve/elsewhere": (
        "The plan is for another mesh or environment",
        "Go to that mesh, and name the plan's environment with --env.",
    ),
    "approve/no-plan": (
        "There is no such plan file, and no such plan was kept",
        "Name a plan file: tierline plan SELECTION -o FILE.",
    ),
    "compose/no-docker": (
        "There is no docker on PATH",
        "Install Docker with Compose 2.40 or newer.",
    ),
    "compose/refused": (
        "Compose refuses it",
        "See what it says; docker compose config shows more.",
    ),
    "compose/slow": ("Docker took too long", _AGAIN),
    "engine/away": ("The Docker engine does not answer", "Start Docker, or set DOCKER_HOST."),
    "engine/error": ("The Docker engine failed", "See its log; then run the same command again."),
    "engine/missing": ("The Docker engine does not have it", _STATUS),
    "engine/refused": ("The Docker engine refuses it", "See what it says."),
    "usage/engine": (
        "The engine is not on this host",
        "Name a unix socket: unix:///run/docker.sock.",
    ),
    "usage/namespace": ("It cannot name a Compose project", "Use a-z, 0-9, - and _."),
    "image/missing": ("An image cannot be had", "Push it, or correct its name."),
    "image/other-source": ("The image was built from other source", "Build it from this commit."),
    "break/changed-already": ("The service was broken before", "Revert that break first."),
    "break/escape": ("A service's folder leaves the mesh", "Break a service inside the mesh."),
    "break/file": ("A service's file cannot be changed", "Make it readable and writable."),
    "break/mode": ("There is no such way to break a service", _ASKED),
    "break/no-mesh": ("There is no mesh to break", _NAME_IT),
    "break/no-owner": ("The service reads no other's data", "Break one that has owners."),
    "break/service": ("There is no such service to break", _ASKED),
    "config/unresolved": (
        "A service's configuration needs a variable that nothing defines",
        "Define it in .env, or in [local.variables] of tierline.toml.",
    ),
    "config/unwritable": (
        "A service's configuration cannot be written where it is staged",
        "Make room in the state folder, then: tierline resume.",
    ),
    "demo/git": ("Git could not commit the demo mesh", "Mend what git says."),
    "demo/no-git": ("A demo is a git repository, and there is no git", "Install git."),
    "demo/not-empty": ("A demo needs a folder of its own", "Name a new or an empty folder."),
    "demo/not-written": ("The demo mesh cannot be written", "Make room and rights there."),
    "evidence/no-report": (
        "The file is no JUnit report that can be read",
        "Have the tool write JUnit XML, for example: pytest --junitxml=report.xml.",
    ),
    "evidence/no-service": (
        "A JUnit report does not say of which service it is",
        "Name it: tierline evidence import report.xml --service M05.",
    ),
    "evidence/no-state": ("Test evidence cannot be looked at", _FOLDER),
    "evidence/no-tests": (
        "A report of no test that was run shows nothing",
        "Write tests; a skipped one is none.",
    ),
    "evidence/not-kept": ("Evidence cannot be written to the state folder", _FOLDER),
    "evidence/nothing": ("No evidence counts now", "See why: tierline evidence show."),
    "evidence/revision": (
        "That is no source revision",
        "Take the 32 digits that tierline evidence show --format json prints.",
    ),
    "evidence/too-much": (
        "The folder of evidence holds far more files than tierline keeps",
        "Move it away, and run the suites again: tierline test.",
    ),
    "evidence/unbound": (
        "Nobody can say of which revision a JUnit report is",
        "Check out, unchanged, what was tested; or state it with --revision.",
    ),
    "evidence/unusable": (
        "The file holds what is no evidence for this mesh and environment",
        "Export it again where it was made: tierline evidence export FILE.",
    ),
    "git/bad-reference": ("The reference names no commit", "Name one: git log --oneline."),
    "git/failed": ("Git refused", _MEND),
    "git/missing": ("There is no git on PATH", "Install it; only changed: needs it."),
    "git/missing-blob": ("The history lacks the content of a file", _HISTORY),
    "git/no-file": ("The commit has no such file", "Name a commit that has it."),
    "git/no-merge-base": ("Two commits have no common history", _HISTORY),
    "git/no-repository": ("The mesh is in no git repository", "Make it one: git init."),
    "git/owner": (
        "The repository belongs to another user, so git does not read it",
        "Trust it: git config --global --add safe.directory FOLDER.",
    ),
    "git/shallow": (
        "The first commit, by which a mesh is known, is cut off",
        "Give the mesh a name in tierline.toml, or fetch the whole history.",
    ),
    "git/slow": ("Git took too long", "Try again; mend the repository: git gc."),
    "init/bad-id": ("It is no service id", "Such as M07-Foo-Service."),
    "init/bad-name": ("It cannot be the name of a mesh", "Letters a-z, digits, hyphens."),
    "init/cycle": (
        "A new service would wait for itself through its owners",
        "Leave out one of the owners.",
    ),
    "init/language": (
        "There is no template for the language of this mesh",
        "Add the service's folder by hand.",
    ),
    "init/mesh": ("The folder is a mesh already", "Add a service: tierline init --service ID."),
    "init/module": (
        "A new Go service would not build in this mesh",
        "Mend the go.mod or go.work that the message names.",
    ),
    "init/port": ("The port is taken or no port", "Leave --port out to get a free one."),
    "init/taken": ("The id or the folder is taken", "Give another id."),
    "init/unknown-domain": ("The mesh has no such domain", _ASKED),
    "init/unknown-owner": ("Nobody knows such an owner", _ASKED),
    "index/input": ("An input of the index cannot be read", "Name a readable file."),
    "journal/damaged": ("The journal is not what was written", _BACKUP),
    "journal/newer": ("A newer tierline wrote the journal", "Use that version, or a newer one."),
    "key/exists": ("There is such a key, and none is written over", "Take another name."),
    "key/folder": (
        "The folder of keys cannot be used, or is not ours alone",
        "Give a folder of your own with XDG_CONFIG_HOME.",
    ),
    "key/in-mesh": (
        "The folder of keys lies in a mesh",
        "Set XDG_CONFIG_HOME to a folder outside: what is in a mesh gets committed.",
    ),
    "key/name": ("It is no name of a key", "Such as ada."),
    "key/no-home": ("There is no place for keys", "Set XDG_CONFIG_HOME, or HOME."),
    "key/unknown": ("There is no such key", "See tierline key list; tierline key new NAME."),
    "key/unusable": (
        "The file of a key cannot be used",
        "Close it to others (chmod 600), or make another: tierline key new NAME.",
    ),
    "lease/damaged": ("The file of the lease cannot be read", _BACKUP),
    "lease/environment": ("A supervisor was asked for another environment", _REPORT),
    "lease/held": (
        "Somebody else conducts this environment: one rollout at a time",
        "Wait for it (tierline status), or ask it to stop: tierline hold.",
    ),
    "local/bad-launch": ("The supervisor does not take on such a start", _REPORT),
    "local/bad-stop": ("The supervisor does not take on such a stop", _REPORT),
    "local/key-taken": ("The key of a start was used for another one", _REPORT),
    "local/lock-busy": (
        "Something still holds the lock of the service",
        "End what is left of the service, or: tierline down.",
    ),
    "local/no-port": ("No port is free", "End what occupies them, then: tierline resume."),
    "local/record-lost": (
        "What was written of a start cannot be read",
        "See what runs: tierline status; or stop everything: tierline down.",
    ),
    "local/spawn": ("The program could not be started", "Mend what the system says of it."),
    "local/system": ("The system refused what the supervisor asked", _DIARY),
    "local/will-not-die": ("A process does not end", "See why it hangs; then: tierline down."),
    "plan/empty": ("A plan of no service", "Choose at least one."),
    "plan/fixed": ("An option asks for another plan than the file holds", _REPLAN),
    "plan/moved": ("The mesh is no longer what the plan was made of", _REPLAN),
    "plan/no-file": ("There is no such plan file", _REPLAN),
    "plan/too-large": ("The plan file is larger than any plan", _REPLAN),
    "plan/unknown-service": ("The plan names a service that the mesh has not", _REPLAN),
    "plan/unusable": ("The plan file is not one that tierline wrote", _REPLAN),
    "buf/no-answer": (
        "buf gave no answer about the proto contracts",
        "Do what the message asks for, then run the same command again.",
    ),
    "buf/not-removed": (
        "A stub that nothing generates any more cannot be removed",
        "Remove it by hand.",
    ),
    "program/not-run": ("A program cannot be started", "Install it anew; see tierline doctor."),
    "program/slow": (
        "A program was ended because it took too long",
        "Run the same command again; run that program by hand where it stays slow.",
    ),
    "rollout/began-whole": (
        "A rollout that began by the rules does not go on past them",
        "Take it over: tierline rollout --supersedes latest --break-glass REASON.",
    ),
    "rollout/moved": (
        "An interrupted rollout was of another plan",
        "Take it over: tierline rollout --supersedes latest; or end it: tierline abort.",
    ),
    "rollout/no-plan": ("The store lacks the plan of a rollout", _BACKUP),
    "rollout/none": ("Nothing was ever rolled out here", "Begin with: tierline rollout."),
    "rollout/occupied": (
        "A held rollout owns its environment",
        "tierline resume, tierline rollout --supersedes latest, or tierline abort.",
    ),
    "rollout/not-newest": (
        "Another rollout came after it",
        "Roll back the newest one, or release the former sources.",
    ),
    "rollout/over": ("The rollout has ended", "Start a new one: tierline rollout."),
    "rollout/unknown": ("There is no such rollout", _STATUS),
    "boundary/not-kept": (
        "The contracts of a release could not be kept",
        "Make room; without them the next release cannot be compared with this one.",
    ),
    "boundary/damaged": (
        "What was kept of contracts cannot be read",
        "Move contracts.db away; the next rollout begins a new one.",
    ),
    "selection/alone": ("What moves as one is at least two services", _ASKED),
    "selection/empty": ("The selection holds no service; nothing is never GO", _ASKED),
    "selection/file": ("The list of services cannot be used", "Write one id a line."),
    "selection/syntax": ("It is no selection", "Write for example M05+, tier:0, changed:main."),
    "selection/too-long": ("The selection is too long", "Put the ids in a file: file:list.txt."),
    "selection/unknown": ("It means nothing in this mesh", _ASKED),
    "settings/canonical-folder": (
        "The folder of the index's inputs cannot be used",
        "Correct canonical.folder in tierline.toml.",
    ),
    "settings/no-mesh": ("There is no mesh here", _NAME_IT),
    "settings/root": ("--root-path names no folder that can be read", _NAME_IT),
    "state/foreign": ("A folder of tierline belongs to somebody else", _FOLDER),
    "state/no-home": ("There is no place for state", "Set XDG_STATE_HOME, or HOME."),
    "state/open": ("Others may enter a folder of tierline", "Close it: chmod 700 FOLDER."),
    "state/unusable": ("A folder of tierline cannot be used", _FOLDER),
    "store/locked": (
        "Another process is in the middle of writing the journal",
        f"If it is stopped, let it go on or end it. {_AGAIN}",
    ),
    "store/newer": (
        "A newer tierline wrote the journal",
        "Use that version, or another state folder: XDG_STATE_HOME.",
    ),
    "store/unavailable": (
        "The journal cannot be written or read now",
        f"Free space, or permissions, there. {_AGAIN}",
    ),
    "supervisor/alive": ("A supervisor lives already", _STATUS),
    "supervisor/elsewhere": (
        "Its supervisor meets clients in another runtime folder",
        "Use the XDG_RUNTIME_DIR that it was started with.",
    ),
    "supervisor/ending": ("The supervisor is about to end", _AGAIN),
    "supervisor/gone": ("The supervisor does not answer", _DIARY),
    "supervisor/request": ("The supervisor does not know the request", _REPORT),
    "supervisor/silent": ("The supervisor did not answer in time", _DIARY),
    "supervisor/start": ("The supervisor could not be started", _DIARY),
    "supervisor/system": ("The system refused what the supervisor asked", _DIARY),
    "supervisor/version": ("The supervisor is of another version", _REPORT),
    "target/silent": ("The target did not say what runs", _AGAIN),
    "tool/error": ("Something could not be done", "The message says what."),
    "tool/output": ("The output cannot be written", "Give it a place with room."),
    "tool/system": ("The system refused", "Mend that; TIERLINE_DEBUG=1 shows where it was."),
    "usage/break": ("--break takes SERVICE=MODE", "For example: --break M06=exit."),
    "usage/break-glass": ("--break-glass needs a reason", 'Such as "INC-42: logins fail".'),
    "usage/break-glass-forbidden": (
        "The policy forbids to pass gates",
        "Mend what is in the way; break_glass in the policy file decides.",
    ),
    "usage/code": ("It is neither a gate nor a code", _ASKED),
    "usage/duration": ("It is no duration", "Write 90s, 10m or 1h30m."),
    "usage/environment": ("It is no name of an environment", "Such as staging-eu."),
    "usage/error": ("The command was asked wrongly", _ASKED),
    "usage/gate": ("There is no such gate", _ASKED),
    "usage/init": ("These options of init do not go together", _ASKED),
    "usage/needs-yes": ("Nobody is there to be asked", "Give --yes."),
    "usage/one-service": ("The command is about one service", "Name one of those it lists."),
    "usage/baseline": (
        "The baseline cannot be written",
        "See: tierline check --help. Beyond local it lies beside the policy file.",
    ),
    "usage/policy": ("The policy file cannot be used", "Compare: tierline schema policy."),
    "usage/policy-in-mesh": (
        "The policy file lies in the mesh that it is to judge",
        "Keep it outside. A mesh tightens its policy in tierline.toml.",
    ),
    "usage/script": ("The script of faults cannot be used", "Only with --target simulated."),
    "usage/selection": ("The selection is empty", _ASKED),
    "usage/service": ("There is no such service", _ASKED),
    "usage/target": ("The environment runs on another target", "Leave --target out."),
    "usage/watch": ("A rehearsal keeps nothing that could be watched", "Leave --watch out."),
    "usage/unpassable": (
        "Even an emergency needs an order, and revisions that can be told",
        "Mend it, or leave those services out.",
    ),
    "verification/record": ("A recorded judgement cannot be read", _BACKUP),
    "verify/nothing-runs": ("Nothing runs that could be verified", "tierline rollout."),
    "watch/nothing": ("Nothing was rolled out, so nothing is watched", "tierline rollout."),
    "watch/unfinished": (
        "Only what a rollout has completed can be watched",
        "See tierline status; tierline resume goes on with a held one.",
    ),
    "write/conflict": (
        "A file that a command wants to write is there, a link, or was changed meanwhile",
        "Move it away, or run the command again.",
    ),
    "write/failed": ("The system refused to write", "Make room and rights there."),
    "write/not-editable": (
        "A file lists all services in a way that tierline cannot add to without harm",
        "Add the service there by hand, or mend the file.",
    ),
}
"""code -> what is so, what to do"""


def error_text(code: str) -> str:
    """Text for a code of ERRORS."""
    title, fix = ERRORS[code]
    return f"{code}: {title}.\n\nfix:      {fix}\n"
