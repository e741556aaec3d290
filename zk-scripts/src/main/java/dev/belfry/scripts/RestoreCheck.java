package dev.belfry.scripts;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.zookeeper.KeeperException;
import org.apache.zookeeper.ZooDefs.Perms;
import org.apache.zookeeper.data.ACL;
import org.apache.zookeeper.data.ClientInfo;

/** Whether the session of a restore may put back what a file holds: asked before anything is changed. */
final class RestoreCheck {
    /** Each ACL of the file, with the first path that has it. */
    private final Map<List<ACL>, String> acls = new LinkedHashMap<>();

    void see(String path, List<ACL> acl) {
        acls.putIfAbsent(acl, path);
    }

    /** @throws Trouble if it may not */
    void require(Tree tree) throws KeeperException {
        List<ClientInfo> me = tree.ask(zk -> zk.whoAmI());
        acls.forEach((acl, path) -> {
            if (acl.stream().noneMatch(entry -> has(entry, me))) {
                throw new Trouble(
                        Trouble.FINDINGS,
                        "the ACL of " + path + " in the backup does not let you write below it; give the credentials of"
                                + " an operator with --user and --password-file, or --key-store");
            }
        });
    }

    private static boolean has(ACL entry, List<ClientInfo> me) {
        if ((entry.getPerms() & Perms.CREATE) == 0) {
            return false;
        }
        String scheme = entry.getId().getScheme();
        String id = entry.getId().getId();
        return scheme.equals("world")
                || me.stream()
                        .anyMatch(info -> info.getAuthScheme().equals(scheme)
                                && (id.equals(info.getUser()) || id.startsWith(info.getUser() + ":")));
    }
}
