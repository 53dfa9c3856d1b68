import BeckonModel
import CXXHash

/// The key of an instance beyond the person: for each part a length byte, 255 where it is missing, then its text.
enum InstanceKey {
    static let textBytesMax = 128
    static let missing: UInt8 = 255

    /// Builds the key of an event from its row.
    @inline(__always)
    static func append(
        slots: [Int], values: UnsafePointer<Value>, texts: UnsafePointer<Bytes>, to key: inout ByteBuffer
    ) {
        for slot in slots {
            switch values[slot] {
            case .string, .double, .bool: appendPart(texts[slot], to: &key)
            default: key.append(missing)
            }
        }
    }

    private static func appendPart(_ text: Bytes, to key: inout ByteBuffer) {
        if text.count <= textBytesMax {
            key.append(UInt8(text.count))
            key.append(text)
        } else {
            key.append(32)
            key.append(ContentHash(of: text.buffer).text)
        }
    }

    /// Whether two keys of one rule match: a part missing on either side matches anything.
    @inline(__always)
    static func matches(_ left: Bytes, _ right: Bytes) -> Bool {
        if left.count == 0 && right.count == 0 { return true }
        var a = 0
        var b = 0
        while a < left.count, b < right.count {
            let leftCount = left.buffer[a]
            let rightCount = right.buffer[b]
            a += 1
            b += 1
            if leftCount != missing, rightCount != missing {
                let same =
                    leftCount == rightCount
                    && compareBytes(
                        Bytes(start: left.start + a, count: Int(leftCount)),
                        Bytes(start: right.start + b, count: Int(rightCount))) == 0
                if !same { return false }
            }
            a += leftCount == missing ? 0 : Int(leftCount)
            b += rightCount == missing ? 0 : Int(rightCount)
        }
        return true
    }

    @inline(__always)
    static func equals(_ left: Bytes, _ right: Bytes) -> Bool {
        left.count == right.count && compareBytes(left, right) == 0
    }

    /// The text of the part at `at`, which moves to the next one; nil where it is missing.
    static func nextPart(_ key: Bytes, _ at: inout Int) -> Bytes? {
        guard at < key.count else { return nil }
        let count = key.buffer[at]
        at += 1
        if count == missing { return nil }
        defer { at += Int(count) }
        return Bytes(start: key.start + at, count: Int(count))
    }
}
