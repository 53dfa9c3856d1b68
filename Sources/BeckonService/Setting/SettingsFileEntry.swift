/// One value of a settings file, its nested names joined by dots.
struct SettingsFileEntry: Equatable {
    let key: String
    /// A sequence's items are joined by commas.
    let text: String
    /// `beckon.yaml:3:5`.
    let place: String
}
