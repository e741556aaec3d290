/** Where events of overdue fires go: a listener's code, an address on the web, mail. */
@org.jspecify.annotations.NullMarked
package dev.belfry.agent.alert;
