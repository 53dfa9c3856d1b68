import BeckonService

/// Flags that many commands share.
enum CommonFlags {
    static let help = Flag.toggle("--help", "Shows this help.")
    static let config = Flag.value("--config", "FILE", "The settings file, in YAML; also BECKON_CONFIG.")
    /// Any setting by its key.
    static let set = Flag.value(
        "--set", "KEY=VALUE", repeatable: true, "Sets any setting; `beckon settings` lists them.")
    static let kafkaClient = Flag(
        name: "--kafka-client", placeholder: "NAME=VALUE", kind: .text, settingKey: ProgramSettings.kafkaClient.key,
        isRepeatable: true, documentation: "Sets one of librdkafka's own properties.")
    static let logLevel = Flag.setting(LogSettings.level, "--log-level", "LEVEL")
    static let logFormat = Flag.setting(LogSettings.format, "--log-format", "FORMAT")

    /// Those of every command that reads settings.
    static let settings = [config, set, kafkaClient, logLevel, logFormat]

    static let brokers = Flag.setting(KafkaSettings.brokers, "--brokers", "HOST:PORT,…")
    static let http = Flag.setting(StatusSettings.address, "--http", "ADDRESS:PORT")
}
