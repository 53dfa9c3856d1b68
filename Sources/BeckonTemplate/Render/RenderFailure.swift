/// Why a render ends. Filters and values do not know where they stand; the renderer adds the place.
enum RenderFailure: Error {
    case unplaced(TemplateProblem.Kind, String, nearest: String? = nil)
    case placed(TemplateProblem)

    static func value(_ message: String) -> RenderFailure { .unplaced(.value, message) }
    static func limit(_ message: String) -> RenderFailure { .unplaced(.limit, message) }

    static func textTooLong(_ bytesMax: Int) -> RenderFailure { .limit("the text is longer than \(bytesMax) bytes") }

    /// With the place, unless it has one already.
    func placed(at offset: Int, in source: TemplateSource) -> RenderFailure {
        guard case .unplaced(let kind, let message, let nearest) = self else { return self }
        return .placed(source.problem(kind, message, at: offset, nearest: nearest))
    }
}
