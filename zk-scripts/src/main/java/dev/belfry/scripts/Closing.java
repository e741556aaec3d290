package dev.belfry.scripts;

import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.apache.zookeeper.KeeperException;
import org.apache.zookeeper.ZooDefs;
import org.apache.zookeeper.ZooDefs.Perms;
import org.apache.zookeeper.data.ACL;
import org.apache.zookeeper.data.Id;
import org.apache.zookeeper.data.Stat;
import org.apache.zookeeper.server.auth.DigestAuthenticationProvider;

/**
 * The ACL that keeps everybody but one restore out. Whoever runs it keeps the right to change the ACL, so that a restore that
 * was cut off can be begun again; nobody else can make anything below.
 */
final class Closing {
    private static final String USER = "belfry-restore";

    private final List<ACL> acl = new ArrayList<>();
    private final List<ACL> rootAcl = new ArrayList<>();

    /** Gives the session of {@code tree} an identity that nobody else has, beside the one that it has. */
    Closing(Tree tree) throws KeeperException {
        boolean known = tree.ask(zk -> zk.whoAmI()).stream()
                .anyMatch(me -> !me.getAuthScheme().equals("ip"));
        byte[] random = new byte[16];
        new SecureRandom().nextBytes(random);
        String password = HexFormat.of().formatHex(random);
        tree.authenticate(USER, password.toCharArray());
        acl.add(new ACL(Perms.ALL, new Id("digest", hash(USER + ":" + password))));
        rootAcl.addAll(acl);
        Id others = known ? ZooDefs.Ids.AUTH_IDS : ZooDefs.Ids.ANYONE_ID_UNSAFE;
        acl.add(new ACL(Perms.ADMIN, others));
        // Nothing is in the root, and that it is there may be seen.
        rootAcl.add(new ACL(Perms.ADMIN | Perms.READ, others));
    }

    private static String hash(String credentials) {
        try {
            return DigestAuthenticationProvider.generateDigest(credentials);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("this Java has no SHA-1, which ZooKeeper's digest needs", e);
        }
    }

    /** What a znode below the root is given that is made closed. */
    List<ACL> acl() {
        return acl;
    }

    /** What the root is given. */
    List<ACL> rootAcl() {
        return rootAcl;
    }

    /** Closes a znode if it is there; false if it is not. */
    static boolean close(Tree tree, String absolute, List<ACL> acl) throws KeeperException {
        try {
            tree.ask(zk -> zk.setACL(absolute, acl, -1));
            return true;
        } catch (KeeperException.NoNodeException e) {
            return false;
        }
    }

    /** Whether a restore has closed this znode and not opened it again. */
    static boolean closed(Tree tree, String absolute) throws KeeperException {
        return tree.ask(zk -> zk.getACL(absolute, new Stat())).stream()
                .anyMatch(entry -> entry.getId().getId().startsWith(USER + ":"));
    }
}
