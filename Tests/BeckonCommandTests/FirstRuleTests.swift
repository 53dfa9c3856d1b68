import Foundation
import Testing

@testable import beckon

/// "Write your first rule", followed to the letter.
@Suite struct `Write your first rule` {
    private static let page: String = {
        let root = `Beckon dev`.root
        return (try? String(contentsOfFile: root + "/Sources/Documentation/first-rule.md", encoding: .utf8)) ?? ""
    }()

    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    @Test func `each file and each command of the page does what it says`() throws {
        let blocks = FencedBlock.all(in: Self.page)
        #expect(blocks.count { $0.language == "yaml" } == 3)
        #expect(blocks.count { $0.language == "console" } > 5)
        for block in blocks {
            switch block.language {
            case "yaml": try folder.write("my-rules/wishlist.yaml", block.text + "\n")
            case "console":
                for (command, output) in block.commands {
                    let told = try BeckonProcess.shell(command, in: folder.path)
                    #expect(Self.trimmed(told) == Self.trimmed(output), "\(command)")
                }
            default: break
            }
        }
    }

    /// Times are of the run; what is said of them is not compared.
    @Test func `dev tells what the page shows`() throws {
        let blocks = FencedBlock.all(in: Self.page)
        let rules = try #require(blocks.last { $0.language == "yaml" })
        try folder.write("my-rules/wishlist.yaml", rules.text)
        let environment = ["XDG_RUNTIME_DIR": folder.path]
        let dev = try BeckonProcess(["dev", "--rules", folder.path + "/my-rules"], environment: environment)
        defer { dev.terminate() }
        #expect(dev.reached { dev.written.output.contains("counts") }, "\(dev.written)")
        #expect(dev.written.output.contains(" 0 decisions"))
        let live = blocks.filter { $0.language == "text" }
        let emit = try #require(live.flatMap(\.commands).first { $0.command.hasPrefix("beckon emit") })
        let told = try BeckonProcess.shell(emit.command, in: folder.path, environment: environment)
        #expect(Self.trimmed(told) == emit.output)
        let lines = try #require(live.first { $0.text.contains("delivered") }).text.split(separator: "\n")
        for line in lines {
            let words = String(line.dropFirst("2024-01-01 09:00:00  ".count))
            #expect(dev.reached(within: 120) { dev.written.output.contains(words) }, "\(words) in \(dev.written)")
        }
        let decisions = try #require(live.flatMap(\.commands).first { $0.command.hasPrefix("beckon decisions") })
        let record = try BeckonProcess.shell(decisions.command, in: folder.path, environment: environment)
        let shown = decisions.output.split(separator: "\n").map { $0.drop { $0 == " " } }.joined()
        #expect(try Self.untimed(record) == Self.untimed(shown))
        #expect(shown.contains("wishlist-forgotten"))
        try folder.write("my-rules/wishlist.yaml", rules.text.replacing("48h", with: "1h"))
        #expect(dev.reached { dev.written.output.contains("Rules reloaded: 1 rule (wishlist-forgotten)") })
    }

    /// Without spaces at the ends of lines, which a page does not keep.
    private static func trimmed(_ text: String) -> String {
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false).map { line in
            String(line.reversed().drop { $0 == " " }.reversed())
        }
        return lines.joined(separator: "\n").trimmingCharacters(in: .newlines)
    }

    /// A decision without its times and its id, which follows from where the event lies; members in the order of their names.
    private static func untimed(_ json: String) throws -> String {
        let object = try JSONSerialization.jsonObject(with: Data(json.utf8)) as? [String: Any] ?? [:]
        let rest = object.filter { $0.key != "id" && !$0.key.hasSuffix("At") }
        return String(decoding: try JSONSerialization.data(withJSONObject: rest, options: .sortedKeys), as: UTF8.self)
    }
}

/// A block of a Markdown page between three backticks.
private struct FencedBlock {
    let language: String
    let text: String

    static func all(in page: String) -> [FencedBlock] {
        var blocks: [FencedBlock] = []
        var open: (language: String, lines: [Substring])?
        for line in page.split(separator: "\n", omittingEmptySubsequences: false) {
            if line.hasPrefix("```") {
                if let block = open {
                    blocks.append(FencedBlock(language: block.language, text: block.lines.joined(separator: "\n")))
                    open = nil
                } else {
                    open = (String(line.dropFirst(3)), [])
                }
            } else {
                open?.lines.append(line)
            }
        }
        return blocks
    }

    /// Lines after `$ `, each with what follows up to the next.
    var commands: [(command: String, output: String)] {
        var found: [(command: String, lines: [Substring])] = []
        for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
            if line.hasPrefix("$ ") {
                found.append((String(line.dropFirst(2)), []))
            } else if !found.isEmpty {
                found[found.count - 1].lines.append(line)
            }
        }
        return found.map { ($0.command, $0.lines.joined(separator: "\n")) }
    }
}
