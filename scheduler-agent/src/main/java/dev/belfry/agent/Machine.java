package dev.belfry.agent;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.zone.ZoneRulesProvider;
import java.util.Locale;
import java.util.concurrent.ThreadLocalRandom;

/** What an agent says of the machine and the process that it is in. */
final class Machine {
    private static final int LONGEST_HOST_IN_ID = 48;

    private Machine() {}

    /** The machine's name; {@code localhost} if it has none. */
    static String host() {
        try {
            return InetAddress.getLocalHost().getHostName();
        } catch (UnknownHostException unnamed) {
            return "localhost";
        }
    }

    /** The version of the JVM's time-zone data, such as {@code 2026a}. */
    static String tzdata() {
        return ZoneRulesProvider.getVersions("UTC").lastEntry().getKey();
    }

    /** An id for an agent that was given none: the host's name and eight random digits. */
    static String generatedId(String host) {
        String name = host.replaceAll("[^A-Za-z0-9._-]", "-").replaceAll("^[._-]+", "");
        String begin = name.isEmpty() ? "agent" : name.substring(0, Math.min(name.length(), LONGEST_HOST_IN_ID));
        return begin + "-"
                + String.format(Locale.ROOT, "%08x", ThreadLocalRandom.current().nextInt());
    }
}
