import BeckonModel
import BeckonService
import Foundation

extension Command {
    static let eval: Command = {
        let with = Flag.value(
            "--with", "FILE", "A JSON object whose members are the variables; numbers in it are doubles, as in events.")
        let container = Flag.value(
            "--container", "NAME", "The namespace in which names are looked up first, such as com.example.")
        let stdin = Flag.toggle(
            "--stdin", "Reads a JSON object a line, {\"expression\", \"bindings\", \"container\"}, and answers each.")
        return Command(
            name: "eval",
            summary: "Tries an expression of the condition language (CEL).",
            discussion: """
                Prints the value with its type, such as {"int":"5"}. In FILE and in bindings, {"int":"5"}, {"uint":"5"}, \
                {"bytes":"base64"}, {"timestamp":"RFC 3339"}, {"duration":"1.5s"}, {"list":[…]} and {"map":[[K,V],…]} are \
                values with their types. With --stdin a line is {"value": V} or {"error": "…"}, and the status is 0. An \
                expression that fails ends with status 2.
                """,
            positionals: [.init("EXPRESSION", required: false, "Such as 'cart.value > 50.0'.")],
            flags: [with, container, stdin],
            readsSettings: false,
            examples: [
                .init(line: "beckon eval '1 + 2 * 3'", explanation: "Without variables"),
                .init(
                    line: "beckon eval 'items.exists(i, i.price > 10.0)' --with event.json",
                    explanation: "Over the members of a JSON object"),
            ]
        ) { invocation in
            var trial = ExpressionTrial()
            if invocation.has(stdin) {
                guard invocation.positionals.isEmpty, !invocation.has(with) else {
                    throw UsageProblem(
                        command: "eval", messages: ["With --stdin the expression and its variables come from there."])
                }
                try ExpressionLines.answer(&trial)
                return
            }
            guard let expression = invocation.positionals.first else {
                throw UsageProblem(command: "eval", messages: ["Which expression? Or --stdin."])
            }
            let json = try invocation.text(with).map { try EventFileBytes.read($0) } ?? Array("{}".utf8)
            let answer = json.withUnsafeBytes {
                trial.evaluate(expression, container: invocation.text(container) ?? "", over: $0)
            }
            try ExpressionLines.show(answer, to: expression)
        }
    }()
}

/// The input and output of `beckon eval`.
enum ExpressionLines {
    /// Of a line.
    static let bytesMax = 64 << 20

    /// Answers each line of standard input with a line, in order, until its end.
    static func answer(_ trial: inout ExpressionTrial) throws(UserError) {
        var lines = ByteLines(.standardInput, lineBytesMax: bytesMax)
        while let line = try lines.next() {
            Terminal.show(String(decoding: line.withUnsafeBytes { trial.answer($0) }, as: UTF8.self) + "\n")
        }
    }

    /// An error points to its place, if the expression fits a line.
    static func show(_ answer: ExpressionTrial.Answer, to expression: String) throws(UserError) {
        switch answer {
        case .value(let json): Terminal.show(String(decoding: json, as: UTF8.self) + "\n")
        case .error(let message, let offset):
            guard let offset, expression.utf8.count <= 120, expression.utf8.allSatisfy({ $0 >= 0x20 }) else {
                throw UserError(message)
            }
            let before = String(decoding: expression.utf8.prefix(offset), as: UTF8.self).unicodeScalars.count
            throw UserError("\(message)\n\(expression)\n\(String(repeating: " ", count: before))^")
        }
    }
}
