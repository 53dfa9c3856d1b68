import Testing

@testable import BeckonModel

@Suite struct `Rule reference` {
    @Test(arguments: FieldSet.everything.map(\.owner)) func `each example shows every field of its mapping`(
        owner: String
    ) throws {
        let set = try #require(FieldSet.everything.first { $0.owner == owner })
        var walk = FieldWalk()
        for document in YAMLReader.read(Array(set.example.utf8)).documents {
            let isDefinitions =
                document.entries?.contains { ["folds", "events", "messages", "policy"].contains($0.key) } ?? false
            walk.go(document, isDefinitions ? .definitions : .rule)
        }
        #expect(walk.seen[owner, default: []] == Set(set.known))
    }

    @Test func `every mapping that a rule file may have is explained`() {
        var walk = FieldWalk()
        walk.reach(.rule)
        walk.reach(.definitions)
        #expect(walk.reached == Set(FieldSet.everything.map(\.owner)))
        #expect(FieldSet.everything.count == walk.reached.count)
    }

    @Test(arguments: ExpressionFunction.allCases.map(\.example) + ["has(properties.plan)", "idle(\"login\")"])
    func `each function's example is one that rules take`(example: String) {
        // Of types that JSON does not have, the text is copied.
        let isBytes = example.hasPrefix("bytes(") || example.hasPrefix("type(")
        let text =
            "id: a\nwhen: { event: e }\ndata: { x: '\(isBytes ? "size([\(example)])" : example)' }\nsend: { channels: [push] }\n"
        #expect(RuleSet.read([RuleSource(file: "r", text: Array(text.utf8))]).diagnostics.map(\.description) == [])
    }

    @Test func `the page has every field with its type, default and text`() {
        let page = RuleReference.markdown
        #expect(
            page.contains(
                "| `expires` | duration | `24h` | How long the message makes sense, counted from the due time. |\n"))
        #expect(page.contains("| `atLeast` | whole number, 1 to 256 | needed | "))
        #expect(page.contains("| `channels` | list of 1 to 8: name | needed | "))
        #expect(page.contains("| `absent` | [`absent`](#absent) |"))
        for set in FieldSet.everything {
            #expect(page.contains(set.example))
            for name in set.later { #expect(page.contains("`\(name)`")) }
        }
        for function in ExpressionFunction.allCases { #expect(page.contains(function.documentation)) }
    }
}

/// Goes through a document beside the declaration of its fields.
private struct FieldWalk {
    /// By the mapping's owner, the fields that were there.
    private(set) var seen: [String: Set<String>] = [:]
    /// Owners of mappings that may be there.
    private(set) var reached: Set<String> = []

    mutating func go(_ node: YAMLNode, _ set: FieldSet) {
        for entry in node.entries ?? [] {
            seen[set.owner, default: []].insert(entry.key)
            if let field = set.fields.first(where: { $0.name == entry.key }) { go(entry.value, field.shape) }
        }
    }

    private mutating func go(_ node: YAMLNode, _ shape: FieldShape) {
        switch shape {
        case .set(let set): go(node, set)
        case .events: go(node, FieldSet.eventReference)
        case .list(let element, _): for node in node.elements ?? [] { go(node, element) }
        case .named(let value), .mapping(let value, _): for entry in node.entries ?? [] { go(entry.value, value) }
        case .either(let shapes): for shape in shapes { go(node, shape) }
        default: break
        }
    }

    mutating func reach(_ set: FieldSet) {
        guard reached.insert(set.owner).inserted else { return }
        for field in set.fields { reach(field.shape) }
    }

    private mutating func reach(_ shape: FieldShape) {
        switch shape {
        case .set(let set): reach(set)
        case .events: reach(FieldSet.eventReference)
        case .list(let element, _): reach(element)
        case .named(let value), .mapping(let value, _): reach(value)
        case .either(let shapes): for shape in shapes { reach(shape) }
        default: break
        }
    }
}
