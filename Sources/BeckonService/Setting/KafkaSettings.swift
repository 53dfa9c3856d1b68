/// The settings of every service that talks to Kafka.
public enum KafkaSettings {
    public static let brokers = Setting.list(
        "kafka.brokers", "Brokers to ask for the cluster, as HOST:PORT separated by commas; a few are enough.")

    public static let declarations = [brokers.declaration]

    /// What passes through to librdkafka.
    /// - Parameter refused: the names that the program owns, with the reasons.
    public static func client(refused: [String: String]) -> SettingFamily {
        SettingFamily(
            "kafka.client", refused: refused,
            secretEnds: ["password", "secret", "key.pem", "oauthbearer.config"],
            "librdkafka's own properties, passed on to every client as they are: TLS, SASL, tuning.")
    }
}
