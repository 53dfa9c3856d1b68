/// The key of a record as the id of a person.
enum PersonID {
    static let bytesMax = 255

    /// 1 to 255 bytes of UTF-8 without control characters.
    @inline(__always)
    static func isValid(_ key: UnsafeRawPointer?, _ count: Int) -> Bool {
        guard let key, count > 0, count <= bytesMax else { return false }
        var isASCII = true
        for index in 0..<count {
            let byte = key.load(fromByteOffset: index, as: UInt8.self)
            if byte < 0x20 || byte == 0x7F { return false }
            if byte >= 0x80 { isASCII = false }
        }
        return isASCII || isUTF8(UnsafeRawBufferPointer(start: key, count: count))
    }

    @inline(never)
    private static func isUTF8(_ bytes: UnsafeRawBufferPointer) -> Bool {
        String(validating: bytes, as: UTF8.self) != nil
    }
}
