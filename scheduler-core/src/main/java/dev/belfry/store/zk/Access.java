package dev.belfry.store.zk;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.StandardCharsets;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.apache.zookeeper.ZooDefs;
import org.apache.zookeeper.ZooDefs.Perms;
import org.apache.zookeeper.data.ACL;
import org.apache.zookeeper.data.Id;
import org.apache.zookeeper.server.auth.DigestAuthenticationProvider;

/** Identity and roles in ZooKeeper's terms: the ACL of every znode created, and what is wrong with another one. */
final class Access {
    private static final Id WORLD = ZooDefs.Ids.ANYONE_ID_UNSAFE;

    private final ZkSettings settings;
    private final List<ACL> acl;

    Access(ZkSettings settings) {
        this.settings = settings;
        // Not List.copyOf: ZooKeeper asks the list whether it contains null, which List.copyOf answers with an
        // exception.
        this.acl = Collections.unmodifiableList(new ArrayList<>(acl(settings)));
    }

    private static List<ACL> acl(ZkSettings settings) {
        if (settings.identity() instanceof ZkIdentity.None) {
            return ZooDefs.Ids.OPEN_ACL_UNSAFE;
        }
        ZkRoles roles = settings.roles();
        List<ACL> acl = new ArrayList<>();
        if (roles.agents().isEmpty()) {
            acl.addAll(ZooDefs.Ids.CREATOR_ALL_ACL);
        }
        roles.agents().forEach(id -> acl.add(new ACL(Perms.ALL, id(id))));
        roles.operators().forEach(id -> acl.add(new ACL(Perms.ALL, id(id))));
        roles.readers().forEach(id -> acl.add(new ACL(Perms.READ, id(id))));
        return acl;
    }

    /** Whether everything that is created is open to everyone. */
    boolean open() {
        return settings.identity() instanceof ZkIdentity.None;
    }

    /** The ACL of each znode that is created. */
    List<ACL> acl() {
        return acl;
    }

    /** What is to be sent as digest authentication: user and password in ZooKeeper's form. */
    static byte[] credentials(ZkIdentity.Digest digest) {
        char[] password = digest.password().get();
        ByteBuffer bytes = StandardCharsets.UTF_8.encode(CharBuffer.wrap(password));
        byte[] user = (digest.user() + ":").getBytes(StandardCharsets.UTF_8);
        byte[] all = new byte[user.length + bytes.remaining()];
        System.arraycopy(user, 0, all, 0, user.length);
        bytes.get(all, user.length, bytes.remaining());
        Arrays.fill(password, '\0');
        return all;
    }

    /** What is wrong with the ACL of a znode, in words, if anything. */
    Optional<String> problem(String path, List<ACL> found) {
        List<String> wrong = new ArrayList<>();
        for (ACL entry : found) {
            boolean world = entry.getId().equals(WORLD);
            if (world && !open()) {
                wrong.add(entry.getPerms() == Perms.READ ? "everyone may read it" : "everyone may change it");
            } else if (!world && open()) {
                wrong.add(text(entry) + " has rights, but this process has no identity");
            } else if (!world && !expected(entry)) {
                wrong.add(text(entry) + " has rights and none of the roles");
            }
        }
        for (ACL entry : acl) {
            if (!creator(entry) && !found.contains(entry)) {
                wrong.add(text(entry) + " is missing");
            } else if (creator(entry) && found.stream().noneMatch(this::mine)) {
                wrong.add("this process, as " + settings.identity() + ", has not all rights");
            }
        }
        return wrong.isEmpty() ? Optional.empty() : Optional.of(path + ": " + String.join("; ", wrong));
    }

    /**
     * Whom the ACL of the root lets in and that of what this process creates does not: it was given an identity and no roles,
     * where the namespace has some. Empty if there is nobody.
     */
    List<String> lockedOut(List<ACL> root) {
        return open() || !settings.roles().agents().isEmpty()
                ? List.of()
                : root.stream()
                        .filter(entry -> !entry.getId().equals(WORLD) && !mine(entry) && !acl.contains(entry))
                        .map(Access::text)
                        .toList();
    }

    private boolean expected(ACL entry) {
        return acl.contains(entry) || (settings.roles().agents().isEmpty() && mine(entry));
    }

    private boolean mine(ACL entry) {
        if (entry.getPerms() != Perms.ALL) {
            return false;
        }
        if (settings.identity() instanceof ZkIdentity.Digest digest) {
            return entry.getId().equals(new Id("digest", hash(digest)));
        }
        // The server may map the subject to another name, so any certificate counts.
        return settings.identity() instanceof ZkIdentity.X509
                && entry.getId().getScheme().equals("x509");
    }

    private static String hash(ZkIdentity.Digest digest) {
        try {
            return DigestAuthenticationProvider.generateDigest(new String(credentials(digest), StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("this Java has no SHA-1, which ZooKeeper's digest needs", e);
        }
    }

    private static boolean creator(ACL entry) {
        return entry.getId().getScheme().equals("auth");
    }

    private static Id id(String text) {
        int colon = text.indexOf(':');
        return new Id(text.substring(0, colon), text.substring(colon + 1));
    }

    private static String text(ACL entry) {
        return entry.getId().getScheme() + ":" + entry.getId().getId();
    }
}
