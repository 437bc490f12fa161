export default { title: "security" };
