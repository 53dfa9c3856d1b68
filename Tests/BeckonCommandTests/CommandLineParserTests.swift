import BeckonService
import Testing

@testable import beckon

@Suite struct `Command line` {
    static let speed = Flag.value("--speed", "FACTOR", kind: .integer(1...1_000), "Ceiling of the clock.")
    static let json = Flag.toggle("--json", "As JSON.")
    static let command = Command(
        name: "emit", summary: "Sends an event.", positionals: [.init("EVENT", "The event, as JSON.")],
        flags: [speed, json, CommonFlags.brokers], required: [KafkaSettings.brokers.declaration],
        examples: [.init(line: "beckon emit '{}'", explanation: "One event")], run: { _ in })

    func parse(_ words: String...) throws(UsageProblem) -> Invocation {
        try CommandLineParser.parse(Self.command, words)
    }

    func problems(_ words: String...) -> [String] {
        do throws(UsageProblem) {
            _ = try CommandLineParser.parse(Self.command, words)
            return []
        } catch {
            return error.messages
        }
    }

    @Test func `flags may stand anywhere, with a space or an equals sign`() throws {
        let invocation = try parse("--speed=7", "{}", "--json")
        #expect(invocation.integer(Self.speed) == 7)
        #expect(invocation.has(Self.json))
        #expect(invocation.positionals == ["{}"])
        #expect(try parse("--speed", "7", "--", "--json").positionals == ["--json"])
    }

    @Test func `all problems are told at once`() {
        #expect(
            problems("--sped", "--speed", "0", "--json=1", "{}", "more", "--brokers") == [
                "`beckon emit` has no flag `--sped`. Did you mean `--speed`?",
                "`--speed` is `0`; expected a whole number from 1 to 1000.",
                "`--json` takes no value.",
                "`--brokers` needs a value: `--brokers HOST:PORT,…`.",
                "`more` is one word too many.",
            ])
        #expect(problems() == ["EVENT is missing: The event, as JSON."])
        #expect(problems("{}", "--speed", "1", "--speed", "2") == ["`--speed` is given twice."])
        #expect(problems("{}", "--set", "x") == ["`--set x` is not `KEY=VALUE`."])
    }

    @Test func `a line with help in it is never wrong`() throws {
        #expect(try parse("--nonsense", "-h").has(CommonFlags.help))
    }

    @Test func `flags are settings, above the environment`() throws {
        let environment = ["BECKON_KAFKA_BROKERS": "b:1", "BECKON_LOG_LEVEL": "error"]
        let invocation = try parse(
            "{}", "--brokers", "a:1,a:2", "--set", "log.format=json", "--kafka-client", "x.y=z=1")
        let settings = try invocation.settings(environment: environment)
        #expect(settings[KafkaSettings.brokers] == ["a:1", "a:2"])
        #expect(settings[LogSettings.level] == .error)
        #expect(settings[LogSettings.format] == .json)
        #expect(settings[ProgramSettings.kafkaClient] == ["x.y": "z=1"])
    }

    @Test func `a needed setting that is missing is asked for by its flag`() throws {
        let error = #expect(throws: SettingsProblems.self) { try parse("{}").settings(environment: [:]) }
        #expect(error?.description.hasPrefix("--brokers: is needed. ") == true)
    }

    @Test func `help tells a setting's default where it holds, and dev serves nothing unless told`() {
        #expect(HelpText.command(.work).contains("Default 127.0.0.1:9464."))
        let help = HelpText.command(.dev)
        #expect(!help.contains("9464") && help.contains("Nowhere unless given"))
    }

    @Test func `help has usage, flags and examples`() {
        let help = HelpText.command(Self.command)
        #expect(help.contains("USAGE  beckon emit EVENT [flags]\n"))
        #expect(help.contains("  --speed FACTOR             Ceiling of the clock.\n"))
        #expect(help.contains("  # One event\n  beckon emit '{}'\n"))
    }

    @Test func `the user's mistakes end with 2, failures with 1`() {
        #expect(Program.status(of: UserError("Rules are broken.")) == 2)
        #expect(Program.status(of: UsageProblem(command: nil, messages: ["What?"])) == 2)
        #expect(Program.status(of: ServiceError(.addressInUse, "In use.")) == 1)
    }
}
