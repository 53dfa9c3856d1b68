/// The variables of a template, or of a snippet that is on its own.
struct RenderFrame {
    /// What was given.
    let data: TemplateHash
    /// By `assign` and `capture`.
    var assigned: [String: TemplateValue] = [:]
    /// Of loops and snippets that are inside it, the innermost last.
    var locals: [(name: String, value: TemplateValue)] = []
    /// By `increment` and `decrement`: they share their names with the data, not with `assign`.
    var counters: [String: Int] = [:]
    /// The loops that run, the innermost last.
    var loops: [LoopState] = []
    /// Where the last loop of each name ended.
    var loopEnds: [String: Int] = [:]
    /// How far each group has come.
    var cycles: [String: Int] = [:]
    /// What the last `ifchanged` had.
    var changed: [UInt8]?
    /// In a snippet that `render` shows, `include` is not allowed.
    let isIsolated: Bool

    init(data: TemplateHash, isIsolated: Bool = false) {
        self.data = data
        self.isIsolated = isIsolated
    }

    func value(of name: String) -> TemplateValue? {
        if let local = locals.last(where: { $0.name.utf8.elementsEqual(name.utf8) }) { return local.value }
        if let value = assigned[name] { return value }
        if let count = counters[name] { return .integer(count) }
        return data[name]
    }

    /// For the nearest word.
    var names: [String] {
        locals.map(\.name) + assigned.keys.sorted() + counters.keys.sorted() + data.members.map(\.name)
    }
}
