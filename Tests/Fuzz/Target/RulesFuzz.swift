import BeckonEngine
import BeckonModel
import BeckonTemplate

/// A file of rules and messages: every problem has a place in the file, and what is accepted can be used.
enum RulesFuzz {
    static func run(_ input: UnsafeRawBufferPointer) {
        let source = RuleSource(file: "rules.yaml", text: Array(input))
        let reading = RuleSet.read([source])
        let messages = MessageSet.read(reading)
        let unfitting = messages.set.diagnostics(for: reading.messageUses)
        let layouts = [lineLengths(source.text, ends: yamlEnds), lineLengths(source.text, ends: ["\n"])]
        for diagnostic in reading.diagnostics + reading.warnings + messages.diagnostics + unfitting {
            expect(diagnostic.file == "rules.yaml", "another file: \(diagnostic)")
            expect(!diagnostic.message.isEmpty, "no words: \(diagnostic)")
            expect(layouts.contains { isPlace(diagnostic, in: $0) }, "no such place: \(diagnostic)")
        }
        expect(
            (reading.ruleSet == nil) == !reading.diagnostics.isEmpty, "rules and \(reading.diagnostics.count) problems")
        guard let ruleSet = reading.ruleSet else { return }
        let again = RuleSet.read([source]).ruleSet
        expect(again?.hash == ruleSet.hash, "another hash")
        expect(again.map { zip($0.rules, ruleSet.rules).allSatisfy { $0.version == $1.version } } ?? false, "a version")
        use(ruleSet)
        render(messages.set)
    }

    /// The partition goes over to it, and applies an event of each name that it starts with.
    private static func use(_ ruleSet: RuleSet) {
        var engine = PartitionEngine(inputs: ["events"], partition: 0, hashSeed: 1)
        engine.learn(ruleSet)
        var output = StepOutput()
        let wallMs: Milliseconds = 1_700_000_000_000
        let step = Step(seq: 1, nowMs: wallMs, wallMs: wallMs, commands: [.useRules(ruleSet.hash)])
        engine.apply(step, records: RecordBatch(UnsafeBufferPointer(start: nil, count: 0)), into: &output)
        expect(engine.ruleIds.count == ruleSet.rules.count, "\(engine.ruleIds.count) of \(ruleSet.rules.count) rules")
    }

    private static func render(_ messages: MessageSet) {
        for name in messages.names {
            for channel in messages.channels(of: name) ?? [] {
                let decision = JSONValue.read(Array(#"{"id":"1","data":{"name":"Ann","items":[1]}}"#.utf8))
                switch messages.render(part: channel, of: name, decision: decision ?? .null, nowMs: 0) {
                case .success(let part): expect(part.channel == channel, "another channel")
                case .failure(let failure): expect(!failure.description.isEmpty, "a failure without words")
                }
            }
        }
    }

    /// One line and one column further is where a text ends.
    private static func isPlace(_ diagnostic: Diagnostic, in lengths: [Int]) -> Bool {
        guard diagnostic.line >= 1, diagnostic.column >= 1 else { return false }
        let length = diagnostic.line <= lengths.count ? lengths[diagnostic.line - 1] : 0
        return diagnostic.line <= lengths.count + 1 && diagnostic.column <= length + 1
    }

    /// Lines end with these for libyaml; where it is not asked (text that is not UTF-8), with a line feed alone.
    private static let yamlEnds: Set<Unicode.Scalar> = ["\n", "\r", "\u{85}", "\u{2028}", "\u{2029}"]

    /// In Unicode code points, without the ends of the lines.
    private static func lineLengths(_ text: [UInt8], ends: Set<Unicode.Scalar>) -> [Int] {
        var lengths = [0]
        var isAfterReturn = false
        for scalar in String(decoding: text, as: UTF8.self).unicodeScalars {
            if isAfterReturn, scalar == "\n" {
                isAfterReturn = false
            } else if ends.contains(scalar) {
                lengths.append(0)
                isAfterReturn = scalar == "\r"
            } else {
                lengths[lengths.count - 1] += 1
                isAfterReturn = false
            }
        }
        return lengths
    }
}
