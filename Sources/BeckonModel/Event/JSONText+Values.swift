extension JSONText {
    /// A value as JSON text; what is missing or failed is null.
    public static func append(_ value: Value, to output: inout ByteBuffer) {
        switch value {
        case .string(let text): appendString(text, to: &output)
        case .json(let text): output.append(text)
        case .int(let number): output.append(decimal: number)
        case .double(let number) where number.magnitude < 1e15 && number == Double(Int64(number)):
            output.append(decimal: Int64(number))
        default:
            var writer = JSONWriter()
            writer.append(value)
            output.append(writer.bytes)
        }
    }
}
