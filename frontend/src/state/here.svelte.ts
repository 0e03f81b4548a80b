/** Which of the server's branches this page looks at; kept in the address, so that a reload stays there. */

class Here {
  branch = $state('main');

  start(): void {
    this.branch = new URLSearchParams(location.search).get('branch') ?? 'main';
  }

  go(branch: string): void {
    if (this.branch === branch) return;
    this.branch = branch;
    const query = new URLSearchParams(location.search);
    if (branch === 'main') query.delete('branch');
    else query.set('branch', branch);
    const text = query.toString();
    history.replaceState(history.state, '', `${location.pathname}${text ? `?${text}` : ''}${location.hash}`);
  }

  /** A path of the server's API, about this branch or another. */
  path(path: string, branch = this.branch): string {
    if (branch === 'main') return path;
    return `${path}${path.includes('?') ? '&' : '?'}branch=${encodeURIComponent(branch)}`;
  }
}

export const here = new Here();
