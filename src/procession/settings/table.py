"""The settings themselves: one frozen object, each field with its description and its default."""

from __future__ import annotations

from typing import Annotated, Any, Literal, get_args, get_type_hints

import msgspec
from msgspec import Meta

PREFIX = "PROCESSION_"
SECRETS = frozenset(
    {"admin_password", "token_key", "database", "secrets", "smtp_password", "sql_connections"}
)
Texts = tuple[str, ...]


def _text(description: str) -> Meta:
    return Meta(description=description)


def _count(description: str, least: int = 1, most: int | None = None) -> Meta:
    return Meta(description=description, ge=least, le=most)


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """How one server, or one embedded engine, is set up."""

    # -- where it listens and keeps its data
    host: Annotated[str, _text("Address to listen on.")] = "127.0.0.1"
    port: Annotated[int, _count("Port to listen on; 0 picks a free one.", 0, 65_535)] = 8080
    nodes: Annotated[
        int,
        _count(
            "Server processes on this address and database, each with an engine of its own; as "
            "many as there are processors is the most that helps. 0: one for each processor, two "
            "at most; one with a database in memory, and where there is no fork to rely on.",
            0,
            64,
        ),
    ] = 0
    data_dir: Annotated[str, _text("Directory for the SQLite file and for uploaded kjars.")] = (
        "data"
    )
    database: Annotated[
        str,
        _text(
            "Database URL: sqlite:///path, sqlite:// (in memory) or postgresql://user@host/name. "
            "Default: procession.db in the data directory."
        ),
    ] = ""
    config: Annotated[str, _text("TOML file to read settings from.")] = ""
    demo: Annotated[bool, _text("Deploy the demo processes and people on the first start.")] = False
    admin_password: Annotated[
        str,
        _text("Password of the first administrator; generated and printed once if not given."),
    ] = ""

    # -- HTTP
    trusted_proxies: Annotated[
        Texts,
        _text("Addresses or networks of proxies whose X-Forwarded-* headers are believed."),
    ] = ()
    cors_origins: Annotated[
        Texts, _text("Origins of other sites whose pages may call this server.")
    ] = ()
    host_names: Annotated[
        Texts, _text("Host names by which the server may be called; none: any name.")
    ] = ()
    max_body: Annotated[int, _count("Largest request body in bytes.")] = 10 * 1024 * 1024
    body_seconds: Annotated[int, _count("How long a client may take to send a body.")] = 30
    keep_alive_seconds: Annotated[int, _count("How long an idle connection stays open.")] = 30
    max_connections: Annotated[
        int, _count("Connections held at once; beyond that the answer is 503.")
    ] = 4_000
    shutdown_seconds: Annotated[
        int, _count("How long requests in hand may take after SIGTERM.")
    ] = 20
    docs: Annotated[bool, _text("Serve /docs and /openapi.json.")] = True

    # -- people
    access_mode: Annotated[
        Literal["guarded", "compat"],
        _text(
            "guarded: people see and touch what they take part in; compat: any authenticated "
            "user may read all tasks and instances, as with jBPM 6.0."
        ),
    ] = "guarded"
    people_files: Annotated[Texts, _text("Properties files with more people, as jBPM's.")] = ()
    people_source: Annotated[
        str, _text("Python for more people (LDAP, OpenID Connect …), as module:name.")
    ] = ""
    credentials_seconds: Annotated[
        int, _count("How long a verified password is remembered, in memory.", 0)
    ] = 300
    login_failures: Annotated[
        int,
        _count(
            "Failed logins of one name from one client that are forgiven; each further one "
            "closes the door for twice as long."
        ),
    ] = 10
    token_key: Annotated[
        str,
        _text(
            "Key that signs login tokens (64 bytes or more). Not given: a random one is "
            "made once and kept in the database."
        ),
    ] = ""
    token_seconds: Annotated[int, _count("How long a login token is valid.")] = 86_400

    # -- the jBPM dialect
    jbpm_dialect: Annotated[
        Literal["L", "M", "6.0.1", "6.0", "6.1", "6.2", "6.3", "6.4", "6.5"],
        _text(
            "The version whose answers are given; L means 6.0, M means 6.5; 6.0.1 is "
            "6.0 but for its accidents."
        ),
    ] = "L"
    jbpm_mounts: Annotated[
        Texts,
        _text("Other versions for single context paths: kie-wb=6.5, business-central=6.0."),
    ] = ()
    jbpm_accidents: Annotated[
        Literal["fixed", "exact"],
        _text(
            "Where a version of jBPM did something by accident: fixed does what was meant, exact "
            "what that version did."
        ),
    ] = "fixed"
    jbpm_task_users: Annotated[
        Literal["caller", "any"],
        _text(
            "Whom a task command of 6.2 and later may name as its user: caller, or as in 6.0 "
            "anybody the caller may act for, who is the caller if nobody is named."
        ),
    ] = "caller"
    variable_types: Annotated[
        Literal["free", "check"],
        _text("Whether declared variable types are checked over the jBPM dialect and /api too."),
    ] = "free"
    kjar_paths: Annotated[
        Texts,
        _text(
            "Directories where a deploy request without a body looks for the kjar. "
            "Default: kjars in the data directory."
        ),
    ] = ()

    semantics: Annotated[
        Texts,
        _text(
            "What deployments mean where jBPM and BPMN differ, if they do not say so themselves: "
            "jbpm, specification, or flags such as loops_are_parallel=false (page semantics.md). "
            "Default: jBPM's meaning for files that declare the drools namespace."
        ),
    ] = ()

    # -- the ONEWEB dialect
    oneweb_root: Annotated[str, _text("Context root of the ONEWEB dialect.")] = "BPMREST"
    http_status_mode: Annotated[
        Literal["mirror", "always200"],
        _text("ONEWEB: HTTP status of failures, the status of the error code or always 200."),
    ] = "mirror"
    oneweb_auth_mode: Annotated[
        Literal["required", "trusted"],
        _text("ONEWEB: trusted believes the user parameter; only for use behind a gateway."),
    ] = "required"
    oneweb_trusted_anywhere: Annotated[
        bool, _text("ONEWEB: allow trusted mode on an address that is not loopback.")
    ] = False
    oneweb_system_user: Annotated[
        str, _text("ONEWEB: who starts processes in trusted mode when no user is given.")
    ] = "system"
    oneweb_task_extras: Annotated[
        bool, _text("ONEWEB: add status and candidates to task objects.")
    ] = False
    strict_users: Annotated[bool, _text("ONEWEB: refuse to assign tasks to unknown users.")] = False

    # -- the engine
    time_zone: Annotated[str, _text("IANA time zone of timers and dates without a zone.")] = "UTC"
    business_calendar: Annotated[
        str, _text("File of a business calendar (jBPM's properties) for timers and deadlines.")
    ] = ""
    history_level: Annotated[
        Literal["none", "activity", "full"],
        _text("How much audit is kept: full also keeps what every variable was set to."),
    ] = "full"
    batch_size: Annotated[int, _count("Turns that may share one commit.")] = 128
    cached_instances: Annotated[int, _count("Instances kept in memory.", 0)] = 10_000
    records_per_step: Annotated[int, _count("Records one step may make.")] = 10_000
    rounds_per_step: Annotated[int, _count("Rounds that loops may begin in one step.")] = 200_000
    script_steps: Annotated[int, _count("Steps one script may take.")] = 1_000_000
    script_cells: Annotated[int, _count("Values one script may hold.")] = 4_000_000
    script_steps_per_turn: Annotated[
        int, _count("Steps all scripts of one request may take together.")
    ] = 10_000_000
    script_text: Annotated[int, _count("Letters a text may have in a script.")] = 10_000_000
    script_items: Annotated[int, _count("Elements a collection may have in a script.")] = 1_000_000
    script_depth: Annotated[
        int, _count("How deep functions of a script may call each other.", most=50)
    ] = 50
    script_pattern_steps: Annotated[
        int, _count("Steps one regular expression may take on one text.")
    ] = 400_000
    rule_steps: Annotated[
        int, _count("Steps rules may take together each time they fire, matching included.")
    ] = 20_000_000
    firings_per_turn: Annotated[
        int, _count("How often rules may fire before they must have come to rest.")
    ] = 10_000
    signals_per_turn: Annotated[int, _count("Signals one request may deliver.")] = 1_000
    message_keep_seconds: Annotated[
        int,
        _count(
            "How long a message that a process sends and nobody receives yet is kept, if a "
            "correlation key or a message flow tells its receiver; 0: not at all.",
            0,
        ),
    ] = 3_600
    commands_per_turn: Annotated[int, _count("Commands one request may cause.")] = 10_000
    reader_threads: Annotated[int, _count("Threads that answer questions.", 1, 64)] = 2
    pool_threads: Annotated[
        int, _count("Threads for what may block: password hashes, deployments.", 1, 64)
    ] = 4

    # -- jobs
    worker_threads: Annotated[
        int, _count("Threads that run due jobs; 0 leaves jobs to other servers.", 0, 64)
    ] = 2
    job_lease_seconds: Annotated[
        int, _count("How long a job stays with a server that says nothing more.")
    ] = 10
    job_poll_seconds: Annotated[int, _count("Longest pause between looks for due jobs.")] = 5
    job_batch: Annotated[
        int, _count("Due jobs taken at once; a few times as many while only timers are due.")
    ] = 50
    # -- work item handlers
    handler_seconds: Annotated[
        int, _count("Longest that one call of a built-in handler may take.")
    ] = 30
    handler_bytes: Annotated[int, _count("Largest answer, mail or file a handler takes.")] = 5 << 20
    inline_handlers: Annotated[
        Texts, _text("Built-in handlers that run within the request instead of as jobs, by name.")
    ] = ()
    allowed_hosts: Annotated[
        Texts,
        _text(
            "Hosts that Rest, Webhook and WebService may call: host, host:port, *.domain, or * for "
            "all; none: no host. Names that lead to private addresses need allowed_networks too."
        ),
    ] = ()
    allowed_networks: Annotated[
        Texts, _text("Networks with private addresses that handlers may call, as 10.1.0.0/16.")
    ] = ()
    secrets: Annotated[
        Texts,
        _text("Credentials as name=value or name@host=value; a model says secret:name for one."),
    ] = ()
    services: Annotated[
        Texts,
        _text(
            "Python for service tasks: Interface=module:name or Interface/Operation=module:name."
        ),
    ] = ()
    commands: Annotated[
        Texts, _text("Python for asynchronous tasks (async): CommandClass=module:name.")
    ] = ()
    methods: Annotated[
        Texts,
        _text(
            "Python for methods of a model's own classes: "
            "com.example.Person.fullName=module:name. It is given the fields and the arguments."
        ),
    ] = ()
    smtp_host: Annotated[str, _text("Mail server; none: the Email handler sends nothing.")] = ""
    smtp_port: Annotated[int, _count("Port of the mail server.", 1, 65_535)] = 587
    smtp_user: Annotated[str, _text("Login at the mail server, if it wants one.")] = ""
    smtp_password: Annotated[str, _text("Password at the mail server.")] = ""
    smtp_security: Annotated[
        Literal["starttls", "tls", "none"], _text("How the connection to it is protected.")
    ] = "starttls"
    mail_from: Annotated[str, _text("Sender of mails that name none.")] = ""
    mail_domains: Annotated[Texts, _text("Domains that may get mail; none: any.")] = ()
    policies: Annotated[Texts, _text("Own assignment policies of tasks: name=module:name.")] = ()
    attachment_bytes: Annotated[int, _count("Largest attachment of a task.")] = 5 << 20
    attachment_dir: Annotated[
        str, _text("Directory for attachments of tasks, seen by all nodes; none: the database.")
    ] = ""
    query_seconds: Annotated[
        int, _count("Seconds after which a search among tasks or history is given up.")
    ] = 20
    history_days: Annotated[
        int, _count("Days after which ended instances and their tasks are forgotten; 0: never.", 0)
    ] = 0
    needs_rest_roles: Annotated[
        bool, _text("Callers need jBPM's role names besides: rest-all, rest-task and so on.")
    ] = False
    task_webhook: Annotated[str, _text("Address that hears of every late task, beside mail.")] = ""
    task_webhook_secret: Annotated[str, _text("What signs those calls, as secret:name.")] = ""
    sql_connections: Annotated[
        Texts, _text("Databases of the SQL handler: name=sqlite:///file or name=postgresql://….")
    ] = ()
    sql_rows: Annotated[int, _count("Most rows that one SQL statement may answer.")] = 1_000
    file_dir: Annotated[str, _text("Directory of the File handler; none: it does nothing.")] = ""

    # -- logs
    log_level: Annotated[
        Literal["debug", "info", "warning", "error"], _text("Least severity that is logged.")
    ] = "info"
    log_format: Annotated[Literal["text", "json"], _text("Lines for people or for machines.")] = (
        "text"
    )
    access_log: Annotated[bool, _text("Log one line for each request.")] = False

    def __post_init__(self) -> None:
        here = self.data_dir.rstrip("/")
        if not self.database:
            msgspec.structs.force_setattr(self, "database", f"sqlite:///{here}/procession.db")
        if not self.kjar_paths:
            msgspec.structs.force_setattr(self, "kjar_paths", (f"{here}/kjars",))

    def __repr__(self) -> str:
        shown = ((f, "…" if f in SECRETS else getattr(self, f)) for f in self.__struct_fields__)
        return f"Settings({', '.join(f'{name}={value!r}' for name, value in shown)})"

    @property
    def is_loopback(self) -> bool:
        """Whether only this machine can reach the server."""
        return self.host in {"localhost", "::1"} or self.host.startswith("127.")


DEFAULTS = Settings()


class SettingInfo(msgspec.Struct, frozen=True):
    """One setting as the reference page and ``--help`` show it."""

    name: str
    environment: str
    description: str
    default: Any
    kind: Any


def describe() -> tuple[SettingInfo, ...]:
    """Every setting, in the order of the struct."""
    derived = {"database", "kjar_paths"}
    rows = []
    for name, hint in get_type_hints(Settings, include_extras=True).items():
        kind, meta = get_args(hint)
        default = "" if name in derived else getattr(DEFAULTS, name)
        rows.append(SettingInfo(name, PREFIX + name.upper(), meta.description or "", default, kind))
    return tuple(rows)
