import Testing

@testable import BeckonService

@Suite struct `Settings reader` {
    static let threads = Setting.integer("worker.threads", in: 1...64, default: 1, "Threads.")
    static let window = Setting.duration(
        "durability.replayWindow", in: .zero ... .seconds(3_600), default: .seconds(15), "Window.")
    static let events = Setting.list("worker.events", countMax: 3, "Topics.")
    static let group = Setting.text("worker.group", "Group.")
    static let secret = Setting.integer("worker.limit", in: 1...2, "Limit.")
    static let eager = Setting.boolean("worker.eager", default: false, "Eager.")
    static let catalog = SettingsCatalog(
        [
            threads.declaration, window.declaration, events.declaration, group.declaration, secret.declaration,
            eager.declaration, StatusSettings.address.declaration, LogSettings.level.declaration,
        ],
        families: [KafkaSettings.client(refused: ["group.id": "set `worker.group`"])])

    func read(
        _ arguments: [(String, String)] = [], _ environment: [String: String] = [:], file: String? = nil
    ) throws -> Settings {
        try SettingsReader.read(
            Self.catalog, arguments: arguments.map { .init(flag: "--set", key: $0.0, text: $0.1) },
            environment: environment, file: file.map { ("beckon.yaml", Array($0.utf8)) })
    }

    func problems(
        _ arguments: [(String, String)] = [], _ environment: [String: String] = [:], file: String? = nil
    ) -> [String] {
        do {
            _ = try read(arguments, environment, file: file)
            return []
        } catch {
            return (error as? SettingsProblems)?.problems.map(\.description) ?? ["\(error)"]
        }
    }

    @Test func `arguments win over environment over file over default`() throws {
        let file = "worker: {threads: 2}"
        let environment = ["BECKON_WORKER_THREADS": "3", "PATH": "/bin"]
        #expect(try read()[Self.threads] == 1)
        #expect(try read(file: file)[Self.threads] == 2)
        #expect(try read([], environment, file: file)[Self.threads] == 3)
        #expect(try read([("worker.threads", "4")], environment, file: file)[Self.threads] == 4)
    }

    @Test func `every kind is read from a file`() throws {
        let settings = try read(
            file: """
                worker.group: shop
                worker:
                  events: [clicks, orders]
                  eager: true
                durability: {replayWindow: 250ms}
                http:
                  address: "[::1]:0"
                log: {level: debug}
                """)
        #expect(settings[Self.group] == "shop")
        #expect(settings[Self.events] == ["clicks", "orders"])
        #expect(settings[Self.eager])
        #expect(settings[Self.window] == .milliseconds(250))
        #expect(settings[StatusSettings.address] == NetworkAddress(host: "::1", port: 0))
        #expect(settings[LogSettings.level] == .debug)
    }

    @Test func `the environment name derives from the key`() {
        let setting = Setting.integer("worker.checkpoint.intervalSeconds", in: 1...9, default: 1, "Interval.")
        #expect(setting.declaration.environmentName == "BECKON_WORKER_CHECKPOINT_INTERVALSECONDS")
    }

    @Test func `all problems are told, with their places and the nearest word`() {
        let found = problems(
            [("worker.threads", "99"), ("worker.window", "1")], ["BECKON_WORKER_TREADS": "3"],
            file: "worker:\n  treads: 2\nlog: {level: inof}\n")
        #expect(
            found == [
                "beckon.yaml:2:3: No setting is called `worker.treads`. Did you mean `worker.threads`?",
                "beckon.yaml:3:7: log.level is `inof`; expected one of trace, debug, info, notice, warning, error, "
                    + "critical (did you mean `info`?).",
                "BECKON_WORKER_TREADS: No setting has this name. Did you mean `BECKON_WORKER_THREADS`?",
                "--set: worker.threads is `99`; expected a whole number from 1 to 64.",
                "--set: No setting is called `worker.window`.",
            ])
    }

    @Test(arguments: [
        ("worker.threads", "0"), ("worker.threads", "1.5"), ("worker.threads", ""), ("worker.eager", "yes"),
        ("durability.replayWindow", "15"), ("durability.replayWindow", "-1s"), ("durability.replayWindow", "2h"),
        ("durability.replayWindow", "99999999999999999999s"), ("worker.events", "a,,b"), ("worker.events", "a,b,c,d"),
        ("http.address", "localhost"), ("http.address", "localhost:70000"), ("http.address", "::1:80"),
        ("worker.group", ""),
    ])
    func `a text of the wrong kind is refused`(key: String, text: String) {
        #expect(problems([(key, text)]).count == 1)
    }

    @Test func `client properties pass through, and owned ones are refused with the reason`() throws {
        let family = KafkaSettings.client(refused: [:])
        let settings = try read(
            [("kafka.client.sasl.username", "a=b")], ["BECKON_KAFKA_CLIENT_SECURITY_PROTOCOL": "SASL_SSL"],
            file: "kafka: {client: {ssl.ca.location: /ca, socket: {nagle.disable: true}}}")
        #expect(
            settings[family] == [
                "sasl.username": "a=b", "security.protocol": "SASL_SSL", "ssl.ca.location": "/ca",
                "socket.nagle.disable": "true",
            ])
        #expect(
            problems([("kafka.client.group.id", "x")])
                == ["--set: kafka.client.group.id is refused: set `worker.group`."])
    }

    @Test func `of client properties the secret ones are not taken from the command line`() throws {
        let family = KafkaSettings.client(refused: [:])
        let key = "kafka.client.sasl.password"
        #expect(
            problems([(key, "geheim")]) == [
                "--set: kafka.client.sasl.password is a secret, and everybody on the machine can read a command line: set "
                    + "BECKON_KAFKA_CLIENT_SASL_PASSWORD, or write it into the settings file."
            ])
        for name in ["ssl.key.pem", "SASL.Password", "sasl.oauthbearer.client.secret", "sasl.oauthbearer.config"] {
            #expect(problems([("kafka.client." + name, "geheim")]).count == 1, "\(name)")
        }
        // Names of files, and what proves nothing.
        for name in ["ssl.key.location", "ssl.ca.pem", "sasl.username", "sasl.oauthbearer.token.endpoint.url"] {
            #expect(problems([("kafka.client." + name, "x")]) == [], "\(name)")
        }
        #expect(try read([], ["BECKON_KAFKA_CLIENT_SASL_PASSWORD": "p"])[family] == ["sasl.password": "p"])
        #expect(try read(file: key + ": p")[family] == ["sasl.password": "p"])
    }

    @Test func `variables that Kubernetes adds for a service of this name are ignored`() {
        let variables = [
            "BECKON_COLLECT_SERVICE_HOST": "10.0.0.1", "BECKON_COLLECT_PORT": "tcp://10.0.0.1:80",
            "BECKON_COLLECT_PORT_80_TCP_ADDR": "10.0.0.1", "BECKON_COLLECT_SERVICE_PORT_HTTP": "80",
            "BECKON_TEST_BROKERS": "x", "BECKON_CONFIG": "y",
        ]
        #expect(problems([], variables).isEmpty)
    }

    @Test(arguments: [
        ("- a\n", "mapping"), ("a: &x {b: 1}\nc: *x", "not used"), ("a: {b: *x}", "Aliases"), ("a: [", "not YAML"),
        ("worker: {threads: 1}\n---\na: 1", "one document"), ("worker.threads: 1\nworker: {threads: 2}", "set twice"),
        ("worker: {threads: [[1]]}", "plain words"), ("? [a]\n: b", "A key is a word"),
        ("worker: {group: !!str x}", "tags"),
        (String(repeating: "{a: ", count: 100) + String(repeating: "}", count: 100), "nested too deep"),
    ])
    func `a file that is not a settings file is refused with its place`(file: String, words: String) {
        let found = problems(file: file)
        #expect(found.contains { $0.contains(words) && $0.hasPrefix("beckon.yaml:") }, "\(found)")
    }

    @Test(arguments: ["", "# nothing\n", "worker:\n", "worker: {group: }", "worker: {group: ~}"])
    func `a file that sets nothing is fine`(file: String) throws {
        #expect(try read(file: file)[Self.group] == nil)
    }

    @Test func `what is needed and missing is named with every way to set it`() throws {
        let missing = try read().missing([Self.group.declaration], flags: ["worker.group": "--group"])
        #expect(
            missing.map(\.description) == [
                "--group: is needed. Group. (Also `worker.group` in the settings file, or BECKON_WORKER_GROUP.)"
            ])
    }

    @Test func `secrets never appear in the table or in problems`() throws {
        let password = Setting.text("sender.password", secret: true, "Password.")
        let catalog = SettingsCatalog([password.declaration], families: [KafkaSettings.client(refused: [:])])
        let settings = try SettingsReader.read(
            catalog,
            environment: ["BECKON_SENDER_PASSWORD": "hunter2", "BECKON_KAFKA_CLIENT_SASL_PASSWORD": "hunter2"])
        #expect(settings[password] == "hunter2")
        #expect(!SettingsReference.table(settings).contains("hunter2"))
    }

    @Test func `the reference lists every setting with its default`() {
        let page = SettingsReference.markdown(Self.catalog, flags: ["worker.threads": ["--threads"]])
        #expect(page.contains("| `worker.threads`<br>`--threads` | 1 to 64 | `1` | Threads. |\n"))
        #expect(page.contains("* `group.id`: set `worker.group`.\n"))
    }

    @Test func `durations are written as they are read`() {
        for text in ["1ms", "250ms", "15s", "90s", "15m", "24h", "90d"] {
            let duration = DurationText.read(text)
            #expect(duration.map(DurationText.write).flatMap(DurationText.read) == duration)
        }
        #expect(DurationText.write(.seconds(86_400)) == "1d")
        #expect(DurationText.read("1 s") == nil)
    }
}
