/// The settings of a service's log.
public enum LogSettings {
    public static let level = Setting.choice("log.level", default: LogLevel.info, "The least level that is written.")
    public static let format = Setting.choice(
        "log.format", default: LogFormat.text, "Text for people, or one JSON object a line.")

    public static let declarations = [level.declaration, format.declaration]
}
