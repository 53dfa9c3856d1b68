import BeckonModel

/// The members of one record, a JSON object, read once. Of a name that stands twice the last one counts, and a null is none.
struct RecordFields {
    private let json: UnsafeRawBufferPointer
    private let members: [PlacedJSONMember]

    /// - Parameters:
    ///   - json: must outlive this value.
    ///   - depthMax: of each value.
    init(_ json: UnsafeRawBufferPointer, depthMax: Int = JSONValue.depthMax) throws(DecisionRecordError) {
        self.json = json
        do throws(JSONMemberFault) { members = try JSONValue.placedMembers(of: json, depthMax: depthMax) } catch {
            guard let name = error.name else { throw DecisionRecordError("it is not a JSON object in UTF-8") }
            throw DecisionRecordError("`\(name)` is not JSON, or nested deeper than \(depthMax) levels")
        }
    }

    func text(_ name: StaticString) throws(DecisionRecordError) -> String? {
        switch member(name)?.value {
        case .string(let text): return text
        case nil: return nil
        default: throw DecisionRecordError("`\(name)` has the wrong type: it must be a text")
        }
    }

    func neededText(_ name: StaticString) throws(DecisionRecordError) -> String {
        guard let text = try text(name) else { throw DecisionRecordError("`\(name)` is missing") }
        return text
    }

    func instant(_ name: StaticString) throws(DecisionRecordError) -> Milliseconds {
        var text = try neededText(name)
        let instant = text.withUTF8 { text in
            text.baseAddress.flatMap { Timestamp.parse(Bytes(start: $0, count: text.count)) }
        }
        guard let instant else { throw DecisionRecordError("`\(name)` is no RFC 3339 time") }
        return instant
    }

    func number(_ name: StaticString) throws(DecisionRecordError) -> Int? {
        switch member(name)?.value {
        case nil: return nil
        case .number(let number, _):
            if let whole = Int(exactly: number) { return whole }
            fallthrough
        default: throw DecisionRecordError("`\(name)` has the wrong type: it must be a whole number")
        }
    }

    func flag(_ name: StaticString) throws(DecisionRecordError) -> Bool? {
        switch member(name)?.value {
        case .bool(let flag): return flag
        case nil: return nil
        default: throw DecisionRecordError("`\(name)` has the wrong type: it must be true or false")
        }
    }

    func texts(_ name: StaticString) throws(DecisionRecordError) -> [String: String]? {
        guard let value = member(name)?.value else { return nil }
        guard let members = value.members else {
            throw DecisionRecordError("`\(name)` has the wrong type: it must be an object")
        }
        var texts: [String: String] = [:]
        for member in members {
            guard let text = member.value.string else {
                throw DecisionRecordError("`\(name).\(member.name)` has the wrong type: it must be a text")
            }
            texts[member.name] = text
        }
        return texts
    }

    /// The value as it stands, so that numbers and order survive on their way to a provider.
    func json(_ name: StaticString) -> UnsafeRawBufferPointer? {
        member(name).map { UnsafeRawBufferPointer(rebasing: json[$0.place]) }
    }

    private func member(_ name: StaticString) -> PlacedJSONMember? {
        let wanted = UnsafeBufferPointer(start: name.utf8Start, count: name.utf8CodeUnitCount)
        guard let found = members.last(where: { $0.name.utf8.elementsEqual(wanted) }) else { return nil }
        if case .null = found.value { return nil }
        return found
    }
}
