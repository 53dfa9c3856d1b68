/// A JSON value as a tree: for what people wrote and compare. Events of a log are never read this way.
public indirect enum JSONValue: Sendable {
    case null
    case bool(Bool)
    /// With the number as it is written.
    case number(Double, text: String)
    case string(String)
    case list([JSONValue])
    /// In the order of the text. Of a name that stands twice the last counts.
    case object([JSONMember])

    /// Of lists and objects inside one another.
    public static let depthMax = 64

    /// - Parameter text: JSON in UTF-8, with nothing but blanks around it.
    /// - Returns: nil for what is no JSON, or nested deeper than `depthMax`.
    public static func read(_ text: some Collection<UInt8>) -> JSONValue? {
        withBytes(of: text) { bytes in
            var reader = JSONValueReader(text: bytes)
            return reader.whole()
        }
    }

    /// The members of an object, and where the text of each value stands: so that it can be passed on as it is, and is known to be JSON.
    ///
    /// - Parameters:
    ///   - text: JSON in UTF-8, with nothing but blanks around it.
    ///   - depthMax: of lists and objects inside one another, each value by itself.
    /// - Throws: the member whose value is no JSON, or nested deeper.
    public static func placedMembers(of text: UnsafeRawBufferPointer, depthMax: Int = depthMax)
        throws(JSONMemberFault) -> [PlacedJSONMember]
    {
        var reader = JSONValueReader(text: text.bindMemory(to: UInt8.self), depthMax: depthMax)
        return try reader.placedMembers()
    }

    private static func withBytes<Result>(
        of text: some Collection<UInt8>, _ body: (UnsafeBufferPointer<UInt8>) -> Result
    ) -> Result {
        text.withContiguousStorageIfAvailable(body) ?? Array(text).withUnsafeBufferPointer(body)
    }

    /// Finite.
    public static func number(_ number: Double) -> JSONValue {
        var writer = JSONWriter()
        writer.append(number)
        return .number(number, text: String(decoding: writer.bytes, as: UTF8.self))
    }

    /// nil for what is no object, or has no such member.
    public subscript(_ name: String) -> JSONValue? {
        guard case .object(let members) = self else { return nil }
        return members.last { $0.name.utf8.elementsEqual(name.utf8) }?.value
    }

    public var string: String? {
        if case .string(let text) = self { return text }
        return nil
    }

    public var members: [JSONMember]? {
        if case .object(let members) = self { return members }
        return nil
    }

    /// JSON text without blanks.
    public var text: String {
        var writer = JSONWriter()
        writer.append(json: self)
        return String(decoding: writer.bytes, as: UTF8.self)
    }

    /// Whether all that stands here is also there: the members named, in lists as many elements, each containing its like;
    /// numbers by value, texts by their bytes.
    public func isContained(in other: JSONValue) -> Bool {
        switch (self, other) {
        case (.null, .null): true
        case (.bool(let left), .bool(let right)): left == right
        case (.number(let left, _), .number(let right, _)): left == right
        case (.string(let left), .string(let right)): left.utf8.elementsEqual(right.utf8)
        case (.list(let left), .list(let right)):
            left.count == right.count && zip(left, right).allSatisfy { $0.isContained(in: $1) }
        case (.object(let members), .object):
            members.allSatisfy { member in other[member.name].map { member.value.isContained(in: $0) } ?? false }
        default: false
        }
    }
}

public struct JSONMember: Sendable {
    public let name: String
    public let value: JSONValue

    public init(name: String, value: JSONValue) {
        self.name = name
        self.value = value
    }
}

/// A member of an object in its text.
public struct PlacedJSONMember: Sendable {
    public let name: String
    public let value: JSONValue
    /// Of the value's text, in bytes from the beginning of the text that was read.
    public let place: Range<Int>
}

/// Why a text is no JSON object.
public struct JSONMemberFault: Error {
    /// Of the member whose value cannot be read; nil: the object itself cannot.
    public let name: String?
}

extension JSONWriter {
    public mutating func append(json value: JSONValue) {
        switch value {
        case .null: append(raw: "null")
        case .bool(let isTrue): append(raw: isTrue ? "true" : "false")
        case .number(_, let text): append(raw: text.utf8)
        case .string(let text): append(string: text)
        case .list(let elements):
            append(raw: "[")
            for (index, element) in elements.enumerated() {
                if index > 0 { append(raw: ",") }
                append(json: element)
            }
            append(raw: "]")
        case .object(let members):
            append(raw: "{")
            for (index, member) in members.enumerated() {
                if index > 0 { append(raw: ",") }
                append(string: member.name)
                append(raw: ":")
                append(json: member.value)
            }
            append(raw: "}")
        }
    }
}
