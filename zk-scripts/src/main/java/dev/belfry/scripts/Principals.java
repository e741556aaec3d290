package dev.belfry.scripts;

import java.nio.file.Path;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.apache.zookeeper.data.Id;
import org.apache.zookeeper.server.auth.DigestAuthenticationProvider;
import org.jspecify.annotations.Nullable;

/** The ids that roles are made of, and the passwords that were given for them. */
final class Principals {
    private final Map<String, char[]> passwords = new TreeMap<>();
    private boolean administers;

    /**
     * Reads the ids of one role.
     *
     * @param role its name, for messages and for the name of the variable with the password
     * @param texts separated by semicolons, as subjects of certificates contain commas
     */
    List<Id> read(String role, String texts, @Nullable Path passwordFile) {
        List<Id> ids = new ArrayList<>();
        for (String text : texts.split(";")) {
            if (!text.isBlank()) {
                ids.add(id(role, text.trim(), passwordFile));
            }
        }
        if (ids.isEmpty() && !role.equals("readers")) {
            throw new Trouble(Trouble.USAGE, "no ids given for the role " + role);
        }
        return ids;
    }

    private Id id(String role, String text, @Nullable Path passwordFile) {
        String[] parts = text.split(":", 3);
        if (parts.length == 2 && parts[0].equals("x509") && !parts[1].isEmpty()) {
            return new Id("x509", parts[1]);
        }
        if (parts.length < 2 || !parts[0].equals("digest") || parts[1].isEmpty()) {
            throw new Trouble(
                    Trouble.USAGE,
                    "not an id for the role " + role + ": '" + text
                            + "'; write digest:USER, digest:USER:HASH or x509:SUBJECT");
        }
        if (parts.length == 3) {
            return new Id("digest", parts[1] + ":" + parts[2]);
        }
        String variable = "BELFRY_" + role.toUpperCase(Locale.ROOT) + "_PASSWORD";
        char[] password = Connecting.password("the " + role + " as " + parts[1], passwordFile, variable);
        if (password.length == 0) {
            throw new Trouble(Trouble.USAGE, "the password of the " + role + " is empty");
        }
        passwords.put(parts[1], password);
        administers |= !role.equals("readers");
        return new Id("digest", hash(parts[1], password));
    }

    private static String hash(String user, char[] password) {
        try {
            return DigestAuthenticationProvider.generateDigest(user + ":" + new String(password));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("this Java has no SHA-1, which ZooKeeper's digest needs", e);
        }
    }

    /** Passwords by user. */
    Map<String, char[]> passwords() {
        return Collections.unmodifiableMap(passwords);
    }

    /** Whether a password was given for somebody who may do everything. */
    boolean administers() {
        return administers;
    }
}
